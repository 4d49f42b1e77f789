"""The static status page: its bucket, and the distribution that serves it and nothing else.

It hangs on no other part of the stack, so that it stands while they do not; the bucket outlives the stack.
"""

from typing import Any

BUCKET, DISTRIBUTION = "StatusBucket", "StatusDistribution"
OLD_VERSIONS_KEPT_DAYS = 7
ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
PAGE_SECONDS = 30
ORIGIN = "bucket"
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


def equals(name: str, value: str) -> dict[str, Any]:
    """A parameter has this value."""
    return {"Fn::Equals": [{"Ref": name}, value]}


def resources() -> dict[str, Any]:
    """Bucket, policy, and where it is wanted the distribution."""
    return {
        BUCKET: bucket(),
        f"{BUCKET}Policy": bucket_policy(),
        **distribution_resources("HasStatusDistribution"),
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


def bucket_policy() -> dict[str, Any]:
    """TLS only; and the distribution may read what is published, not what is kept beside it."""
    served = {"Fn::If": ["HasStatusDistribution", read_by_distribution(), {"Ref": "AWS::NoValue"}]}
    return {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": BUCKET},
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [tls_only(), served]},
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


def distribution_resources(condition: str) -> dict[str, Any]:
    """The distribution, by what it reads the bucket, and the headers that it adds."""
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
            "Properties": {"DistributionConfig": distribution()},
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
    """One origin, no cookie, no query, answers kept for half a minute and errors not at all."""
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
        "DefaultCacheBehavior": {
            "TargetOriginId": ORIGIN,
            "ViewerProtocolPolicy": "redirect-to-https",
            "AllowedMethods": ["GET", "HEAD", "OPTIONS"],
            "Compress": True,
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
            "MinTTL": 0,
            "DefaultTTL": PAGE_SECONDS,
            "MaxTTL": 31_536_000,
            "ResponseHeadersPolicyId": {"Ref": "StatusHeaders"},
        },
        "CustomErrorResponses": [{"ErrorCode": code, "ErrorCachingMinTTL": 0} for code in ERRORS],
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
