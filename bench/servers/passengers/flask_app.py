from database import Database
from flask import Flask, abort, jsonify, request

app = Flask(__name__)
app.json.sort_keys = False
database = Database(10)


@app.get("/passengers/<uuid>")
def read(uuid):
    found = database.find(uuid)
    if found is None:
        abort(404)
    return jsonify(found)


@app.post("/passengers")
def create():
    return jsonify(database.insert(request.get_json())), 201


@app.get("/passengers")
def page():
    return jsonify(database.list(int(request.args["limit"])))
