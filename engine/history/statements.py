"""The questions in SQL, in the history's database; their parameters are for the database to bind.

Where a row is asked for, so is the version by which it was written: whoever reads it brings it up.
"""

from __future__ import annotations

__all__ = [
    "BETWEEN",
    "CORRECTIONS",
    "DAYS",
    "EPOCHS",
    "FIRST_CUT_AFTER",
    "LATENCY",
    "MEDALS_BY_DAY",
    "NEWEST_CUT",
    "NEWEST_RAW",
    "RAW_CHAIN",
    "REVISIONS",
    "VIEW_ROWS",
    "VIEW_STATE",
]

# Every epoch and its log, the one that was written last first.
EPOCHS = """
    SELECT epoch, log FROM epochs WHERE {epoch:String} IN ('', epoch) ORDER BY began DESC, epoch
"""

# The newest cut, its log time and its position; no row where there is none.
NEWEST_CUT = """
    SELECT number, time, position FROM cuts WHERE epoch = {epoch:String} ORDER BY number DESC LIMIT 1
"""

# The first cut after a log time, 0 where there is none.
FIRST_CUT_AFTER = """
    SELECT min(number) FROM cuts WHERE epoch = {epoch:String} AND time > {time:Int64}
"""

# The position of the newest raw message; of several partitions the sum.
NEWEST_RAW = """
    SELECT sum(newest) FROM (SELECT max(position) AS newest FROM raw WHERE log = {log:String} GROUP BY `partition`)
"""

# The chain value of the raw message at a position, in hex digits.
RAW_CHAIN = """
    SELECT lower(hex(chain)) FROM raw
    WHERE log = {log:String} AND `partition` = {partition:UInt32} AND position = {position:UInt64}
"""

# All that a row ever was; empty where it was removed.
REVISIONS = """
    SELECT cut, revision, time, at, because, reason, v, row FROM changes
    WHERE epoch = {epoch:String} AND view = {view:String} AND key = {key:String} AND cut <= {cut:UInt64}
    ORDER BY cut
"""

# How often a view had changed, the last cut that did, and its log time.
VIEW_STATE = """
    SELECT uniqExact(cut), max(cut), max(time) FROM changes
    WHERE epoch = {epoch:String} AND view = {view:String} AND cut <= {cut:UInt64}
"""

# The rows of a view as of a cut.
VIEW_ROWS = """
    SELECT key, now.1, now.2, now.3, now.4 FROM (
        SELECT key, argMax((revision, because, v, row, gone), cut) AS now FROM changes
        WHERE epoch = {epoch:String} AND view = {view:String} AND cut <= {cut:UInt64}
        GROUP BY key
    ) WHERE now.5 = 0 ORDER BY key
"""

# The rows that are others after one cut than after an earlier one; a row that was or is not there is empty. Which
# views these are is asked first, over the few blocks that the index over cuts lets through.
BETWEEN = """
    SELECT view, key, argMaxIf((v, row), cut, cut <= {since:UInt64}) AS was, argMax((v, row), cut) AS is,
        argMax(revision, cut), countIf(cut > {since:UInt64}) AS times, max(cut), argMax(because, cut),
        argMax(reason, cut)
    FROM changes
    WHERE epoch = {epoch:String} AND cut <= {until:UInt64} AND view IN (
        SELECT view FROM changes
        WHERE epoch = {epoch:String} AND cut > {since:UInt64} AND cut <= {until:UInt64}
            AND match(concat('/', view), {match:String})
    )
    GROUP BY view, key HAVING times > 0 AND was.2 != is.2
    ORDER BY view, key LIMIT {limit:UInt32}
"""

# Corrections by the venue of the message that corrects, and the discipline that it corrects.
CORRECTIONS = """
    SELECT splitByChar('.', splitByChar('/', key)[1])[1] AS venue, substring(view, 13) AS discipline,
        countIf(state = 'applied'), countIf(state = 'pending'), min(began), max(began)
    FROM (
        SELECT view, key, argMax(gone, cut) AS removed, min(time) AS began,
            if(JSONHas(argMax(row, cut) AS newest, 'state'), JSONExtractString(newest, 'state'), 'applied') AS state
        FROM changes
        WHERE epoch = {epoch:String} AND startsWith(view, 'corrections/') AND cut <= {cut:UInt64}
        GROUP BY view, key
    )
    WHERE removed = 0 AND {venue:String} IN ('', venue) AND {discipline:String} IN ('', discipline)
    GROUP BY venue, discipline ORDER BY venue, discipline
"""

# From venue time to log time in ms, by venue and hour of log time.
LATENCY = """
    SELECT venue, intDiv(time, 3600000000) * 3600000000 AS hour, count(),
        quantilesExactInclusive(0.5, 0.99, 0.999)(time / 1000 - at), max(time / 1000 - at)
    FROM raw
    WHERE log = {log:String} AND serial > 0 AND at != 0 AND {venue:String} IN ('', venue)
    GROUP BY venue, hour ORDER BY venue, hour
"""

# The sport days and their last cuts.
DAYS = """
    SELECT day, max(number) FROM cuts
    WHERE epoch = {epoch:String} AND number <= {cut:UInt64} GROUP BY day ORDER BY day
"""

# The rows of the medal table at the end of each sport day.
MEDALS_BY_DAY = """
    SELECT day, last, now.1, now.2 FROM (
        SELECT day, last, key, argMax((v, row, gone), cut) AS now
        FROM (SELECT key, cut, v, row, gone FROM changes
              WHERE epoch = {epoch:String} AND view = 'medals/table' AND cut <= {cut:UInt64}) AS lines
        CROSS JOIN (SELECT day, max(number) AS last FROM cuts
              WHERE epoch = {epoch:String} AND number <= {cut:UInt64} GROUP BY day) AS ends
        WHERE cut <= last GROUP BY day, last, key
    ) WHERE now.3 = 0 ORDER BY day, key
"""
