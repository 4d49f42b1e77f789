"""What is not Lambda code: tables, template, package, deploy, and the local stack."""
