"""The bucket of the status page: private, and what the distribution may read of it."""

from typing import Any

BUCKET = "StatusBucket"
OLD_VERSIONS_KEPT_DAYS = 7


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
