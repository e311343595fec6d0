"""The pool and the queries of both Python servers."""

import os
import uuid
from contextlib import contextmanager

from psycopg2.pool import ThreadedConnectionPool

FIND = "select uuid, survived, passenger_class, name, sex, age, siblings_or_spouses_aboard, parents_or_children_aboard, fare from passenger"
INSERT = """insert into passenger (uuid, revision, survived, passenger_class, name, name_folded, sex, age, siblings_or_spouses_aboard,
parents_or_children_aboard, fare) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""


class Database:
    def __init__(self, connections):
        # As many as there are threads, for the pool has no line to wait in; all of them kept.
        self._pool = ThreadedConnectionPool(connections, connections, os.environ["DATABASE_URL"])

    @contextmanager
    def _cursor(self):
        connection = self._pool.getconn()
        try:
            # One statement is a transaction of its own; psycopg2 would send a BEGIN and a ROLLBACK around it.
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            self._pool.putconn(connection)

    def find(self, key):
        with self._cursor() as cursor:
            cursor.execute(FIND + " where uuid = %s", (key,))
            row = cursor.fetchone()
        return row and to_object(row)

    def insert(self, given):
        key = str(uuid.uuid4())
        name = given["name"]
        values = (key, str(uuid.uuid4()), int(given["survived"]), given["passengerClass"], name, name.lower(), given["sex"], given["age"])
        with self._cursor() as cursor:
            cursor.execute(INSERT, (*values, given["siblingsOrSpousesAboard"], given["parentsOrChildrenAboard"], given["fare"]))
        return {"uuid": key, **given}

    def list(self, limit):
        with self._cursor() as cursor:
            cursor.execute(FIND + " order by position limit %s", (limit,))
            rows = cursor.fetchall()
        return [to_object(row) for row in rows]


def to_object(row):
    return {
        "uuid": row[0],
        "survived": row[1] == 1,
        "passengerClass": row[2],
        "name": row[3],
        "sex": row[4],
        "age": row[5],
        "siblingsOrSpousesAboard": row[6],
        "parentsOrChildrenAboard": row[7],
        "fare": row[8],
    }
