import os
from typing import Optional

import uvicorn
from database import Database
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel

# As many connections as FastAPI has threads for handlers that block.
database = Database(40)
app = FastAPI()


class Passenger(BaseModel):
    survived: bool
    passengerClass: int
    name: str
    sex: str
    age: Optional[float]
    siblingsOrSpousesAboard: int
    parentsOrChildrenAboard: int
    fare: float


# A response of one's own spares the answer FastAPI's encoder, which costs more than all the rest for a list.
@app.get("/passengers/{uuid}")
def read(uuid: str):
    found = database.find(uuid)
    if found is None:
        raise HTTPException(404)
    return JSONResponse(found)


@app.post("/passengers")
def create(passenger: Passenger):
    return JSONResponse(database.insert(passenger.dict()), 201)


@app.get("/passengers")
def page(limit: int):
    return JSONResponse(database.list(limit))


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=False)
