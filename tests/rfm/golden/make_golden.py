#!/usr/bin/env python3
"""Makes transactions.csv and customers.csv: what pandas and numpy say of them.

usage: make_golden.py FOLDER

Independent of Tessera: needs pandas and numpy (made with pandas 1.5.3, numpy 1.24.2).
"""
import random
import re
import sys

import numpy as np
import pandas as pd

COLUMNS = ["customer", "recency_days", "frequency", "monetary", "tenure_days", "average_basket",
           "mean_days_between", "r_score", "f_score", "m_score", "rfm_segment"]  # fmt: skip


def transactions(folder):
    """Lines of invoices, as an online shop exports them."""
    rng = random.Random(11)
    with open(f"{folder}/transactions.csv", "w", encoding="utf-8") as out:
        out.write("InvoiceNo,Quantity,InvoiceDate,UnitPrice,customer\n")
        for number in range(400):
            # many customers buy once, some often; one in twelve invoices has nobody
            customer = int(120 * rng.random() ** 2)
            who = "" if rng.random() < 1 / 12 else f"K-{7 * customer:03}"
            day = rng.randrange(1, 29)
            month = rng.randrange(1, 13)
            when = f"2011-{month:02}-{day:02} {rng.randrange(7, 20):02}:{rng.randrange(60):02}"
            is_back = rng.random() < 0.08
            for _ in range(rng.randrange(1, 4)):
                quantity = rng.randrange(1, 13) * (-1 if is_back else 1)
                price = rng.choice([0.42, 0.85, 1.25, 2.55, 4.95, 12.75])
                out.write(f"{'C' if is_back else ''}{536000 + number},{quantity},{when},{price},{who}\n")


def scores(values, is_recency=False):
    """From 1 to 5: a value is above so many of the quintiles."""
    cuts = np.quantile(values, [0.2, 0.4, 0.6, 0.8])
    above = (values.to_numpy()[:, None] > cuts).sum(axis=1)
    return 5 - above if is_recency else 1 + above


def segment(r, fm):
    if fm >= 4:
        if r >= 3:
            return "Champions" if r == 5 else "Loyal"
        return "Can't lose them" if fm == 5 else "At risk"
    if r >= 4:
        if fm >= 2:
            return "Potential loyalists"
        return "New" if r == 5 else "Promising"
    if fm == 3:
        return "Need attention" if r == 3 else "At risk"
    return {3: "About to sleep", 2: "Hibernating", 1: "Lost"}[r]


def customers(folder):
    rows = pd.read_csv(f"{folder}/transactions.csv", dtype={"customer": str, "InvoiceNo": str},
                       parse_dates=["InvoiceDate"])  # fmt: skip
    rows = rows[rows.customer.notna() & ~rows.InvoiceNo.str.startswith("C")]
    rows["cents"] = (rows.Quantity * (rows.UnitPrice * 100).round()).astype("int64")
    snapshot = rows.InvoiceDate.max() + pd.Timedelta(days=1)
    by = rows.groupby("customer")
    out = pd.DataFrame({
        "first": by.InvoiceDate.min(),
        "last": by.InvoiceDate.max(),
        "frequency": by.InvoiceNo.nunique(),
        "monetary": by.cents.sum() / 100,
    })  # fmt: skip
    out["recency_days"] = (snapshot - out["last"]).dt.days
    out["tenure_days"] = (snapshot - out["first"]).dt.days
    out["average_basket"] = out.monetary / out.frequency
    days = (out["last"] - out["first"]).dt.total_seconds() / 86400
    out["mean_days_between"] = (days / (out.frequency - 1)).where(out.frequency > 1)
    out["r_score"] = scores(out.recency_days, is_recency=True)
    out["f_score"] = scores(out.frequency)
    out["m_score"] = scores(out.monetary)
    fm = (out.f_score + out.m_score + 1) // 2
    out["rfm_segment"] = [segment(r, f) for r, f in zip(out.r_score, fm)]
    text = out.sort_index().reset_index()[COLUMNS].to_csv(index=False)
    with open(f"{folder}/customers.csv", "w", encoding="utf-8") as file:
        file.write(re.sub(r"\.0(?=[,\n])", "", text))  # 19.0 is 19 to Tessera


transactions(sys.argv[1])
customers(sys.argv[1])
