// SPDX-License-Identifier: Apache-2.0
// The peer of B16: `node wasm_encode.mjs PEERS SHARDS` encodes with @mysten/walrus-wasm of the
// folder PEERS. For each line "FILE" on stdin it encodes that file once and answers one line,
// "<milliseconds> <blob id as 64 hex digits>"; reading the file and making the buffers is not timed,
// and buffers serve again for the next encode of the same file.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [peers, shards] = [process.argv[2], Number(process.argv[3])];
const { BlobEncoder } = createRequire(`${peers}/`)('@mysten/walrus-wasm');
const encoder = new BlobEncoder(shards);

const faulty = Math.floor((shards - 1) / 3);
const rows = shards - 2 * faulty;
const columns = shards - faulty;

// A sliver as BCS: length of the body, body, symbol size, index.
function buffers(count, bytes) {
  let prefix = 1;
  for (let rest = bytes >>> 7; rest !== 0; rest >>>= 7) prefix += 1;
  return Array.from({ length: count }, () => new Uint8Array(prefix + bytes + 4));
}

let primary;
let secondary;

function prepare(data) {
  let symbol = Math.floor((Math.max(data.length, 1) - 1) / (rows * columns)) + 1;
  symbol += symbol % 2;
  primary = buffers(shards, columns * symbol);
  secondary = buffers(shards, rows * symbol);
}

function encode(data) {
  const start = process.hrtime.bigint();
  const [metadata] = encoder.encode(data, primary, secondary);
  const spent = Number(process.hrtime.bigint() - start) / 1e6;
  const id = metadata.blob_id ?? metadata.blobId;
  return `${spent} ${Buffer.from(id).toString('hex')}`;
}

let file;
let data;
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== file) {
    [file, data] = [line, new Uint8Array(readFileSync(line))];
    prepare(data);
  }
  process.stdout.write(`${encode(data)}\n`);
}
