// The same in SQL, by DuckDB: usage: duckdb_rfm.mjs TRANSACTIONS.csv CUSTOMERS.csv THREADS
// (of the npm package @duckdb/node-api)
import { createRequire } from 'module';

const require = createRequire(process.cwd() + '/');
const { DuckDBInstance } = require('@duckdb/node-api');
const [source, target, threads] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
await connection.run(`
  COPY (
    WITH customers AS (
      SELECT customer_id, min(date) AS first, max(date) AS last,
             count(DISTINCT invoice) AS frequency,
             sum(CAST(quantity * unit_price AS DECIMAL(18, 4))) AS monetary
      FROM read_csv('${source}', header = true)
      WHERE customer_id IS NOT NULL GROUP BY customer_id
    ), dated AS (
      SELECT customer_id, frequency, monetary,
             date_diff('day', last, (SELECT max(last) FROM customers)) + 1 AS recency_days,
             date_diff('day', first, (SELECT max(last) FROM customers)) + 1 AS tenure_days
      FROM customers
    ), cuts AS (
      SELECT quantile_cont(recency_days, [0.2, 0.4, 0.6, 0.8]) AS r,
             quantile_cont(frequency, [0.2, 0.4, 0.6, 0.8]) AS f,
             quantile_cont(monetary, [0.2, 0.4, 0.6, 0.8]) AS m FROM dated
    )
    SELECT dated.*, monetary / frequency AS average_basket,
           5 - len(list_filter(r, x -> x < recency_days)) AS r_score,
           1 + len(list_filter(f, x -> x < frequency)) AS f_score,
           1 + len(list_filter(m, x -> x < monetary)) AS m_score
    FROM dated, cuts ORDER BY customer_id
  ) TO '${target}' (HEADER)`);
