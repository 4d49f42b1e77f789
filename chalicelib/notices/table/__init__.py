"""What is kept of notices. A shard holds its subscribers and the jobs that tell them, so that jobs run side by side.

    SHARD#{nn}               LIVE#{subscriber_id}   who confirmed      read by a job, page by page
                             ASIDE#{subscriber_id}  who could not be reached again and again, until it expires
                             JOB#{notice_id}        one notice's way through this shard
    ASK#{subscriber_id}      ASK#{subscriber_id}    a subscription that nobody confirmed yet, until it expires
    NOTICE#{notice_id}       NOTICE                 the notice, and when it was handed over
    ABOUT#{overtakes}        LATEST, TAKEN_BACK     the newest notice of the same thing; when it was withdrawn last
    TOLD#{notice_id}#{nn}    TO#{subscriber_id}     one claim, and what came of it
    NOTICES, NOTICES#{about} {at}#{version}#{id}    which notices there were, of all and of one thing
    SET#{subscriber_id}      SET#{time}             that an operator took somebody out, or back in
    ORIGIN#{hmac}            HOUR#{hour}            how many subscriptions one address of the net asked for
Index `due`: jobs and questions that nobody has taken up in time (`DUE`); by channel, who of a job is to be tried.
"""
