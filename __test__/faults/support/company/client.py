# Python's sqlite3, asked over standard input: a JSON array of statements a line; answers {"value"} or {"error"} a line.
import json
import sqlite3
import sys

connection = sqlite3.connect(sys.argv[1], timeout=float(sys.argv[2]), isolation_level=None)
for line in sys.stdin:
    try:
        value = None
        for statement in json.loads(line):
            rows = connection.execute(statement).fetchall()
            value = rows[0][0] if rows else None
        answer = {'value': value}
    except sqlite3.Error as error:
        answer = {'error': str(error)}
    print(json.dumps(answer), flush=True)
connection.close()
