// Reads a CSV into a table in memory: usage: duckdb_read.mjs SOURCE.csv THREADS
// (of the npm package @duckdb/node-api)
import { createRequire } from 'module';

const require = createRequire(process.cwd() + '/');
const { DuckDBInstance } = require('@duckdb/node-api');
const [source, threads] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
await connection.run(`CREATE TABLE customers AS SELECT * FROM read_csv('${source}', header = true)`);
