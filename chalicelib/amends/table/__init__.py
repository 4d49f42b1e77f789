"""What is kept of making good, in the table `amends`.

    AMENDS#{incident_id}                      HEAD             one incident's amends, as JSON in `doc`
    SHARD#{shard}                             JOB#{incident}   one shard's part while something is to be done
    AFFECTED#{incident_id}#{round}#{shard}    {member_id}      a member who was touched, and what came of giving
The rows of an older round are left to expire: nobody reads them.
"""
