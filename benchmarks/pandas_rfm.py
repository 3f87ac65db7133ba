"""What an analyst writes with pandas: a CSV of transactions to a CSV of customers.

usage: pandas_rfm.py TRANSACTIONS.csv CUSTOMERS.csv"""
import sys

import pandas as pd

source, target = sys.argv[1:3]
sold = pd.read_csv(
    source,
    usecols=["customer_id", "date", "invoice", "quantity", "unit_price"],
    parse_dates=["date"],
)
sold["amount"] = sold["quantity"] * sold["unit_price"]
snapshot = sold["date"].max() + pd.Timedelta(days=1)
customers = sold.groupby("customer_id").agg(
    first=("date", "min"),
    last=("date", "max"),
    frequency=("invoice", "nunique"),
    monetary=("amount", "sum"),
)
customers["recency_days"] = (snapshot - customers["last"]).dt.days
customers["tenure_days"] = (snapshot - customers["first"]).dt.days
customers["average_basket"] = customers["monetary"] / customers["frequency"]
for name, column in (("r", "recency_days"), ("f", "frequency"), ("m", "monetary")):
    cuts = customers[column].quantile([0.2, 0.4, 0.6, 0.8]).to_numpy()
    score = 1 + cuts.searchsorted(customers[column])
    customers[f"{name}_score"] = 6 - score if name == "r" else score
customers.drop(columns=["first", "last"]).to_csv(target)
