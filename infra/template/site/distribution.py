"""The distribution that serves the status page, with the API behind `/api` on the same name."""

from typing import Any

from infra.template.site.bucket import BUCKET

DISTRIBUTION, API = "StatusDistribution", "RestAPI"
ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
PAGE_SECONDS = 30
ORIGIN = "bucket"
TO_THE_API = ("Accept", "Accept-Language", "Authorization", "If-Match", "If-None-Match")
UNSAID_CERTIFICATE = "W1030"  # it fits no pattern where it is left empty, and is then not looked at
CONTENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


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
