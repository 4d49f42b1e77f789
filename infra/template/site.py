"""The static status page: its bucket, and the distribution that serves it, with the API behind `/api` on the same name.

It hangs on no other part of the stack, so that it stands while they do not; the bucket outlives the stack.
"""

from typing import Any

from infra.settings import SETTINGS
from infra.template.parameters import setting_parameter

BUCKET, DISTRIBUTION, API = "StatusBucket", "StatusDistribution", "RestAPI"
OLD_VERSIONS_KEPT_DAYS = 7
ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
PAGE_SECONDS = 30
ORIGIN = "bucket"
TO_THE_API = ("Accept", "Accept-Language", "Authorization", "If-Match", "If-None-Match")
UNSAID_CERTIFICATE = "W1030"  # it fits no pattern where it is left empty, and is then not looked at
CONTENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def place() -> dict[str, Any]:
    """What the functions' environment says of it."""
    return {"STATUS_BUCKET": {"Ref": BUCKET}}


def conditions() -> dict[str, Any]:
    """Whether there is a distribution: not on one machine, and in China only under a domain of one's own."""
    china, local = equals("AWS::Partition", "aws-cn"), equals("DengtaStage", "local")
    return {
        "HasStatusDomain": {"Fn::Not": [equals("StatusDomain", "")]},
        "HasSecondStatusBucket": {"Fn::Not": [equals("StatusBucket2", "")]},
        "IsInChina": china,
        "HasStatusDistribution": {
            "Fn::And": [
                {"Fn::Not": [local]},
                {"Fn::Or": [{"Fn::Not": [china]}, {"Condition": "HasStatusDomain"}]},
            ]
        },
    }


def second_template() -> dict[str, Any]:
    """The same bucket and distribution for another region or account, which the first one's function writes to."""
    china = equals("AWS::Partition", "aws-cn")
    served = {"Fn::Or": [{"Fn::Not": [china]}, {"Condition": "HasStatusDomain"}]}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Dengta: a second place for the status page",
        "Parameters": {
            "Publisher": {
                "Type": "String",
                "Description": "the first stack's output PublishRoleArn",
                "AllowedPattern": "^arn:.+:role/.+$",
            },
            **{
                one.parameter: setting_parameter(one)
                for one in SETTINGS
                if one.env in {"STATUS_DOMAIN", "STATUS_CERTIFICATE"}
            },
        },
        "Conditions": {
            "HasStatusDomain": {"Fn::Not": [equals("StatusDomain", "")]},
            "IsInChina": china,
            "HasStatusDistribution": served,
        },
        "Resources": {
            BUCKET: bucket(),
            f"{BUCKET}Policy": bucket_policy(*written_by_publisher()),
            **distribution_resources(distribution()),
        },
        "Outputs": outputs(),
    }


def outputs() -> dict[str, Any]:
    """Where it lies, and where it answers."""
    address = {"Fn::GetAtt": [DISTRIBUTION, "DomainName"]}
    return {
        BUCKET: {"Value": {"Ref": BUCKET}},
        "StatusAddress": {"Condition": "HasStatusDistribution", "Value": address},
    }


def written_by_publisher() -> list[dict[str, Any]]:
    """The function of the first stack may write here, from wherever it is."""
    own = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "Publisher"}}}
    objects = {"Fn::Sub": f"${{{BUCKET}.Arn}}/*"}
    actions = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    listing = {"Fn::GetAtt": [BUCKET, "Arn"]}
    return [
        {"Sid": "WrittenByPublisher", **own, "Action": actions, "Resource": objects},
        {"Sid": "ListedByPublisher", **own, "Action": "s3:ListBucket", "Resource": listing},
    ]


def equals(name: str, value: str) -> dict[str, Any]:
    """A parameter has this value."""
    return {"Fn::Equals": [{"Ref": name}, value]}


def resources() -> dict[str, Any]:
    """Bucket, policy, and where it is wanted the distribution."""
    return {
        BUCKET: bucket(),
        f"{BUCKET}Policy": bucket_policy(),
        **distribution_resources(with_api(distribution())),
    }


def bucket() -> dict[str, Any]:
    """Private, encrypted, with versions that are forgotten after a week: the front page is written each minute."""
    forgets = {"NoncurrentDays": OLD_VERSIONS_KEPT_DAYS}
    return {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            },
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "forget-old-versions",
                        "Status": "Enabled",
                        "NoncurrentVersionExpiration": forgets,
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                    }
                ]
            },
        },
    }


def bucket_policy(*more: dict[str, Any]) -> dict[str, Any]:
    """TLS only; and the distribution may read what is published, not what is kept beside it."""
    served = {"Fn::If": ["HasStatusDistribution", read_by_distribution(), {"Ref": "AWS::NoValue"}]}
    return {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": BUCKET},
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [tls_only(), served, *more]},
        },
    }


def tls_only() -> dict[str, Any]:
    """Refuse plain HTTP."""
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [{"Fn::GetAtt": [BUCKET, "Arn"]}, {"Fn::Sub": f"${{{BUCKET}.Arn}}/*"}],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def read_by_distribution() -> dict[str, Any]:
    """Of this distribution alone, and only what is under `site/`."""
    return {
        "Sid": "ReadByDistribution",
        "Effect": "Allow",
        "Principal": {"CanonicalUser": {"Fn::GetAtt": ["StatusReader", "S3CanonicalUserId"]}},
        "Action": "s3:GetObject",
        "Resource": {"Fn::Sub": f"${{{BUCKET}.Arn}}/site/*"},
    }


def distribution_resources(configuration: dict[str, Any]) -> dict[str, Any]:
    """The distribution, by what it reads the bucket, and the headers that it adds."""
    condition = "HasStatusDistribution"
    return {
        "StatusReader": {  # an identity, for China's CloudFront knows no origin access control
            "Type": "AWS::CloudFront::CloudFrontOriginAccessIdentity",
            "Condition": condition,
            "Properties": {
                "CloudFrontOriginAccessIdentityConfig": {
                    "Comment": {"Fn::Sub": "${AWS::StackName}: reads the status page"}
                }
            },
        },
        "StatusHeaders": {
            "Type": "AWS::CloudFront::ResponseHeadersPolicy",
            "Condition": condition,
            "Properties": {"ResponseHeadersPolicyConfig": headers()},
        },
        DISTRIBUTION: {
            "Type": "AWS::CloudFront::Distribution",
            "Condition": condition,
            "Metadata": {"cfn-lint": {"config": {"ignore_checks": [UNSAID_CERTIFICATE]}}},
            "Properties": {"DistributionConfig": configuration},
        },
    }


def headers() -> dict[str, Any]:
    """What S3 cannot say: who may read it across origins, and what a page may do."""
    return {
        "Name": {"Fn::Sub": "${AWS::StackName}-status"},
        "CorsConfig": {
            "AccessControlAllowCredentials": False,
            "AccessControlAllowHeaders": {"Items": ["*"]},
            "AccessControlAllowMethods": {"Items": ["GET", "HEAD"]},
            "AccessControlAllowOrigins": {"Items": ["*"]},
            "OriginOverride": True,
        },
        "SecurityHeadersConfig": {
            "ContentSecurityPolicy": {
                "ContentSecurityPolicy": CONTENT_POLICY,
                "Override": True,
            },
            "ContentTypeOptions": {"Override": True},
            "ReferrerPolicy": {"ReferrerPolicy": "no-referrer", "Override": True},
            "StrictTransportSecurity": {"AccessControlMaxAgeSec": 63072000, "Override": True},
        },
    }


def distribution() -> dict[str, Any]:
    """The bucket alone; no cookie, no query, answers kept for half a minute and errors not at all."""
    aliases = [{"Ref": "StatusDomain"}]
    return {
        "Enabled": True,
        "Comment": {"Fn::Sub": "${AWS::StackName}: the status page"},
        "HttpVersion": "http2",
        "DefaultRootObject": "index.html",
        "Aliases": {"Fn::If": ["HasStatusDomain", aliases, {"Ref": "AWS::NoValue"}]},
        "ViewerCertificate": {"Fn::If": ["HasStatusDomain", certificate(), no_certificate()]},
        "Origins": [
            {
                "Id": ORIGIN,
                "DomainName": {"Fn::GetAtt": [BUCKET, "RegionalDomainName"]},
                "OriginPath": "/site",
                "S3OriginConfig": {
                    "OriginAccessIdentity": {
                        "Fn::Sub": "origin-access-identity/cloudfront/${StatusReader}"
                    }
                },
            }
        ],
        "DefaultCacheBehavior": from_the_bucket(),
        "CustomErrorResponses": [{"ErrorCode": code, "ErrorCachingMinTTL": 0} for code in ERRORS],
    }


def with_api(configuration: dict[str, Any]) -> dict[str, Any]:
    """And the API behind `/api`: letters to subscribers lead there. What status clients read stays published."""
    host = f"${{{API}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"
    origin = {
        "Id": API,
        "DomainName": {"Fn::Sub": host},
        "CustomOriginConfig": {
            "OriginProtocolPolicy": "https-only",
            "OriginSSLProtocols": ["TLSv1.2"],
        },
    }
    return configuration | {
        "Origins": [*configuration["Origins"], origin],
        "CacheBehaviors": [
            {"PathPattern": "/api/v2/*", **from_the_bucket()},
            {"PathPattern": "/api/*", **from_the_api()},
        ],
    }


def from_the_bucket() -> dict[str, Any]:
    """What is published."""
    return {
        "TargetOriginId": ORIGIN,
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ["GET", "HEAD", "OPTIONS"],
        "Compress": True,
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "MinTTL": 0,
        "DefaultTTL": PAGE_SECONDS,
        "MaxTTL": 31_536_000,
        "ResponseHeadersPolicyId": {"Ref": "StatusHeaders"},
    }


def from_the_api() -> dict[str, Any]:
    """Each call as it came, none of them kept."""
    return {
        "TargetOriginId": API,
        "ViewerProtocolPolicy": "https-only",
        "AllowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        "ForwardedValues": {
            "QueryString": True,
            "Cookies": {"Forward": "none"},
            "Headers": list(TO_THE_API),
        },
        "MinTTL": 0,
        "DefaultTTL": 0,
        "MaxTTL": 0,
    }


def certificate() -> dict[str, Any]:
    """An ARN of ACM, which China's CloudFront does not take; there it is one in IAM."""
    told = {"Ref": "StatusCertificate"}
    nothing = {"Ref": "AWS::NoValue"}
    return {
        "AcmCertificateArn": {"Fn::If": ["IsInChina", nothing, told]},
        "IamCertificateId": {"Fn::If": ["IsInChina", told, nothing]},
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }


def no_certificate() -> dict[str, Any]:
    """CloudFront's own name has its own."""
    return {"CloudFrontDefaultCertificate": True}
