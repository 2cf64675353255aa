// SPDX-License-Identifier: Apache-2.0
// The peer of B26: Red Stuff as the reference implementation is built, on one thread. The whole
// matrix lies in memory; every row and every column is one call of reed-solomon-simd; each leaf
// and each node is a BLAKE2b of blake2b_simd, as many at a time as it has lanes (`many`), one
// tree after the other; at the end rows and columns become slivers. It answers each line on stdin
// with one on stdout, "<milliseconds> <64 hex digits>":
//   encode SHARDS FILE           the file into slivers and metadata; its blob id
//   line K M SYMBOL_BYTES FILE   all codewords of the file, K symbols each, repeated for some
//                                time; the mean of one round, BLAKE2b of all recovery symbols
// Reading the file is not timed. Slivers go to the memory of those of the encode before; symbols of
// `line` begin with a line of the cache, as those on the other side do.
use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use blake2b_simd::many::{hash_many, HashManyJob};
use blake2b_simd::Params;
use reed_solomon_simd::ReedSolomonEncoder;

type Hash = [u8; 32];
type Failure = Box<dyn std::error::Error>;

const LEAST_TIME: Duration = Duration::from_millis(200);
const CACHE_LINE: usize = 64;

fn params() -> Params {
    let mut out = Params::new();
    out.hash_length(32);
    out
}

fn hash(bytes: &[u8]) -> Hash {
    params().hash(bytes).as_bytes().try_into().expect("32 bytes")
}

// Hashes of messages of `length` bytes that lie one after the other.
fn hash_all(messages: &[u8], length: usize, out: &mut Vec<Hash>) {
    let params = params();
    let mut jobs: Vec<HashManyJob> =
        messages.chunks_exact(length).map(|message| HashManyJob::new(&params, message)).collect();
    hash_many(jobs.iter_mut());
    out.clear();
    out.extend(jobs.iter().map(|job| <Hash>::try_from(job.to_hash().as_bytes()).expect("32")));
}

// Hashes of the symbols of one row, which lie one after the other: H(00 | symbol).
fn leaves(symbols: &[u8], symbol: usize, room: &mut Vec<u8>, out: &mut Vec<Hash>) {
    room.clear();
    for one in symbols.chunks_exact(symbol) {
        room.push(0);
        room.extend_from_slice(one);
    }
    hash_all(room, symbol + 1, out);
}

// The root over leaf hashes: H(01 | left | right), an odd level filled up with zeros.
fn root(leaves: &[Hash], room: &mut Vec<u8>) -> Hash {
    let mut level = leaves.to_vec();
    let mut next = Vec::with_capacity(level.len() / 2 + 1);
    while level.len() > 1 {
        if level.len() % 2 == 1 {
            level.push([0; 32]);
        }
        room.clear();
        for pair in level.chunks_exact(2) {
            room.push(1);
            room.extend_from_slice(&pair[0]);
            room.extend_from_slice(&pair[1]);
        }
        hash_all(room, 65, &mut next);
        std::mem::swap(&mut level, &mut next);
    }
    level[0]
}

#[derive(Default)]
struct Encoded {
    id: Hash,
    primaries: Vec<Vec<u8>>, // with what was hashed only behind each
    secondaries: Vec<Vec<u8>>,
}

struct Shape {
    shards: usize,
    rows: usize,
    columns: usize,
    symbol: usize,
}

impl Shape {
    fn of(shards: usize, length: usize) -> Shape {
        let faulty = (shards - 1) / 3;
        let (rows, columns) = (shards - 2 * faulty, shards - faulty);
        let symbol = length.max(1).div_ceil(rows * columns);
        Shape { shards, rows, columns, symbol: symbol + symbol % 2 }
    }
}

// The blob row by row, every row with its recovery symbols, then every column with its own; in
// the memory of `out`, where there is some.
fn matrix(shape: &Shape, blob: &[u8], mut out: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, Failure> {
    let Shape { shards, rows, columns, symbol } = *shape;
    out.resize_with(shards, Vec::new);
    for row in &mut out {
        row.resize(shards * symbol, 0);
    }
    let mut parts = blob.chunks(columns * symbol);
    for row in &mut out[..rows] {
        let part = parts.next().unwrap_or_default();
        row[..part.len()].copy_from_slice(part);
        row[part.len()..columns * symbol].fill(0);
    }
    let mut encoder = ReedSolomonEncoder::new(columns, shards - columns, symbol)?;
    for row in &mut out[..rows] {
        let (data, recovery) = row.split_at_mut(columns * symbol);
        for one in data.chunks_exact(symbol) {
            encoder.add_original_shard(one)?;
        }
        let made = encoder.encode()?;
        for (to, from) in recovery.chunks_exact_mut(symbol).zip(made.recovery_iter()) {
            to.copy_from_slice(from);
        }
    }
    let mut encoder = ReedSolomonEncoder::new(rows, shards - rows, symbol)?;
    for at in (0..shards).map(|column| column * symbol) {
        for row in &out[..rows] {
            encoder.add_original_shard(&row[at..at + symbol])?;
        }
        let made = encoder.encode()?;
        for (row, from) in out[rows..].iter_mut().zip(made.recovery_iter()) {
            row[at..at + symbol].copy_from_slice(from);
        }
    }
    Ok(out)
}

fn blob_id(shape: &Shape, matrix: &[Vec<u8>], length: usize) -> Hash {
    let shards = shape.shards;
    let (mut room, mut row_leaves) = (Vec::new(), Vec::new());
    let mut all = Vec::with_capacity(shards * shards);
    let mut primary = Vec::with_capacity(shards);
    for row in matrix {
        leaves(row, shape.symbol, &mut room, &mut row_leaves);
        primary.push(root(&row_leaves, &mut room));
        all.extend_from_slice(&row_leaves);
    }
    let mut secondary = Vec::with_capacity(shards);
    for column in 0..shards {
        let of_column: Vec<Hash> = (0..shards).map(|row| all[row * shards + column]).collect();
        secondary.push(root(&of_column, &mut room));
    }
    let mut pairs = Vec::with_capacity(64 * shards);
    for pair in 0..shards {
        pairs.extend_from_slice(&primary[pair]);
        pairs.extend_from_slice(&secondary[shards - 1 - pair]);
    }
    let mut entries = Vec::new();
    leaves(&pairs, 64, &mut room, &mut entries);
    let mut last = vec![1];
    last.extend_from_slice(&(length as u64).to_le_bytes());
    last.extend_from_slice(&root(&entries, &mut room));
    hash(&last)
}

fn encode(shards: usize, blob: &[u8], spent: Encoded) -> Result<Encoded, Failure> {
    let shape = Shape::of(shards, blob.len());
    let primaries = matrix(&shape, blob, spent.primaries)?;
    let id = blob_id(&shape, &primaries, blob.len());
    let mut secondaries = spent.secondaries;
    secondaries.resize_with(shards, Vec::new);
    for (column, body) in secondaries.iter_mut().enumerate() {
        let at = column * shape.symbol;
        body.clear();
        body.reserve(shape.rows * shape.symbol);
        for row in &primaries[..shape.rows] {
            body.extend_from_slice(&row[at..at + shape.symbol]);
        }
    }
    Ok(Encoded { id, primaries, secondaries })
}

// One round over all codewords of `data`; their recovery symbols one after the other.
fn lines(code: &mut ReedSolomonEncoder, k: usize, symbol: usize, data: &[u8], out: &mut [u8])
    -> Result<(), Failure> {
    let mut room = out.chunks_exact_mut(symbol);
    for word in data.chunks_exact(k * symbol) {
        for one in word.chunks_exact(symbol) {
            code.add_original_shard(one)?;
        }
        let made = code.encode()?;
        for from in made.recovery_iter() {
            room.next().ok_or("no room")?.copy_from_slice(from);
        }
    }
    Ok(())
}

// So many zeros in `room` that begin with a line of the cache.
fn whole_lines(bytes: usize, room: &mut Vec<u8>) -> &mut [u8] {
    *room = vec![0; bytes + CACHE_LINE];
    let first = room.as_ptr().align_offset(CACHE_LINE);
    &mut room[first..first + bytes]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[derive(Default)]
struct Held {
    file: String,
    data: Vec<u8>,
    encoded: Encoded,
}

fn answer(line: &str, held: &mut Held) -> Result<(f64, Hash), Failure> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let file = words.last().ok_or("an empty line")?;
    if held.file != *file {
        held.data = std::fs::read(file)?;
        held.file = file.to_string();
    }
    let data = &held.data;
    let numbers: Vec<usize> =
        words[1..words.len() - 1].iter().map(|word| word.parse()).collect::<Result<_, _>>()?;
    match (words[0], numbers.as_slice()) {
        ("encode", [shards]) => {
            let start = Instant::now();
            held.encoded = encode(*shards, data, std::mem::take(&mut held.encoded))?;
            Ok((milliseconds(start.elapsed()), held.encoded.id))
        }
        ("line", [k, m, symbol]) => {
            let (mut out_room, mut data_room) = (Vec::new(), Vec::new());
            let out = whole_lines(data.len() / (k * symbol) * m * symbol, &mut out_room);
            let symbols = whole_lines(data.len(), &mut data_room);
            symbols.copy_from_slice(data);
            let mut code = ReedSolomonEncoder::new(*k, *m, *symbol)?;
            let start = Instant::now();
            let mut rounds = 0;
            while rounds == 0 || start.elapsed() < LEAST_TIME {
                lines(&mut code, *k, *symbol, symbols, out)?;
                rounds += 1;
            }
            Ok((milliseconds(start.elapsed()) / f64::from(rounds), hash(out)))
        }
        _ => Err("encode SHARDS FILE, or line K M SYMBOL_BYTES FILE".into()),
    }
}

fn main() -> Result<(), Failure> {
    let mut held = Held::default();
    for line in std::io::stdin().lock().lines() {
        let (time, hash) = answer(&line?, &mut held)?;
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        println!("{time} {hex}");
        std::io::stdout().flush()?;
    }
    Ok(())
}
