// Generated rules and data, answered by json-logic-js and by `attune logic`, which must say the same as JSON.
//
//     ATTUNE_BINARY=build/release/src/app/attune node test.mjs 100000 [SEED]
//
// Left out is what the two differ in on purpose, each with its reason in docs/logic.md: keys of missing that are objects
// (json-logic-js evaluates the data as a rule), texts beyond the Basic Multilingual Plane that an operator cuts in half, and
// names that every JavaScript object inherits.
import { spawnSync } from "node:child_process";
import jsonLogic from "json-logic-js";

const count = Number(process.argv[2] ?? 4000);
const seed = Number(process.argv[3] ?? 20260301);
const binary = process.env.ATTUNE_BINARY;

// mulberry32: small, and the same everywhere.
function generator(state) {
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

const random = generator(seed);
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];

const texts = ["", "a", "b", "ab", "abc", "0", "1", "10", "9", "-1", " 12 ", "3.14abc", "0x10", "1e3", ".5", "5.", "true",
    "null", "NaN", "Infinity", "-Infinity", "1,2", "ä", "日本", "\u00a07", "é,b", "dark", "[object Object]", "undefined", "1e1000", "-0"];
const numbers = [0, 1, 2, 3, -1, -2, 10, 0.5, 1.5, -0.5, 100, 1e21, 1e-7, 123456789, 0.1, 0.2, 1e300, 9007199254740991, 5e-324, 12.345, -1e21];
const paths = ["", "a", "b", "c", "n", "s", "list", "list.0", "list.1", "list.length", "s.length", "s.0", "o.x", "o.y.z", "o",
    "people", "people.0.age", "people.1.name", "missing", "missing.deep", "t", "f", "nil", "nil.x", "0", "1", "current",
    "accumulator", "age", "name", "e", "words.2", "n.x", "words"];

function scalar() {
    const kind = below(8);
    if (kind < 3) return pick(numbers);
    if (kind < 6) return pick(texts);
    return pick([true, false, null]);
}

function value(depth) {
    const kind = below(depth > 0 ? 10 : 7);
    if (kind < 7) return scalar();
    if (kind < 9) return Array.from({ length: below(4) }, () => value(depth - 1));
    const names = ["x", "y", "age"].slice(0, pick([0, 2, 3]));  // one name would be an operator's
    return Object.fromEntries(names.map((key) => [key, value(depth - 1)]));
}

function data() {
    return {
        a: scalar(), b: scalar(), c: value(2), n: pick(numbers), s: pick(texts), t: true, f: false, nil: null, e: [],
        list: Array.from({ length: below(6) }, () => pick(numbers)), words: Array.from({ length: below(5) }, () => pick(texts)),
        o: { x: scalar(), y: { z: value(1) } },
        people: Array.from({ length: below(4) }, () => ({ name: pick(texts), age: pick(numbers) })),
    };
}

const binary_ops = ["==", "===", "!=", "!==", "<", "<=", ">", ">=", "-", "/", "%", "in"];
const any_ops = ["max", "min", "+", "*", "cat", "merge", "and", "or", "if", "?:", "!", "!!", "-", "log", "substr", "<", "<="];
const iterators = ["map", "filter", "all", "none", "some"];

function variable() {
    const path = pick(paths);
    const kind = below(6);
    if (kind === 0) return { var: [path] };
    if (kind === 1) return { var: [path, scalar()] };
    if (kind === 2 && below(3) === 0) return { var: pick([0, 1, null, [], 1.5, true]) };
    if (kind === 3 && below(3) === 0) return { var: { cat: [pick(paths), pick(["", ".0", "."])] } };
    return { var: path };
}

function array(depth) {
    if (below(2)) return { var: pick(["list", "words", "people", "e", "missing", "c", ""]) };
    return Array.from({ length: below(4) }, () => rule(depth - 1));
}

function missing_keys() {
    return Array.from({ length: below(4) }, () => pick([...paths, 1, null]));
}

function rule(depth) {
    if (depth <= 0) return below(2) ? variable() : scalar();
    const kind = below(20);
    if (kind < 2) return variable();
    if (kind < 3) return value(2);
    if (kind < 9) return { [pick(binary_ops)]: [rule(depth - 1), rule(depth - 1)] };
    if (kind < 15) {
        const op = pick(any_ops);
        const least = op === "*" ? 1 : 0;
        const given = Array.from({ length: least + below(4) }, () => rule(depth - 1));
        return { [op]: given.length === 1 && below(3) === 0 && !Array.isArray(given[0]) ? given[0] : given };
    }
    if (kind < 16) return { missing: below(4) ? missing_keys() : [missing_keys()] };
    if (kind < 17) return { missing_some: [below(4), missing_keys()] };
    if (kind < 18) return { reduce: [array(depth), rule(depth - 1), ...(below(4) ? [rule(depth - 1)] : [])] };
    if (kind < 19) return { [pick(iterators)]: [array(depth), ...(below(8) ? [rule(depth - 1)] : [])] };
    return Array.from({ length: below(4) }, () => rule(depth - 1));
}

const has_half_of_a_pair = (text) => /\\ud[89a-f]/i.test(text);

function expected(logic, input) {
    const text = JSON.stringify(jsonLogic.apply(logic, input));
    return text === undefined ? "null" : text;
}

console.log = () => {};  // json-logic-js writes what `log` gets
const cases = [];
let thrown = 0;
while (cases.length < count) {
    const logic = rule(1 + below(4));
    const input = data();
    let answer;
    try {
        answer = expected(JSON.parse(JSON.stringify(logic)), JSON.parse(JSON.stringify(input)));
    } catch {
        thrown += 1;
        continue;
    }
    if (has_half_of_a_pair(answer) || answer.length > 100_000) continue;
    cases.push({ logic, input, answer });
}

const lines = cases.map(({ logic, input }) => JSON.stringify({ logic, data: input })).join("\n") + "\n";
const run = spawnSync(binary, ["logic"], { input: lines, maxBuffer: 1 << 30 });
if (run.error) throw run.error;
const answers = run.stdout.toString().split("\n");
let differing = 0;
cases.forEach(({ logic, input, answer }, i) => {
    let ours = answers[i];
    try {
        ours = JSON.stringify(JSON.parse(ours));
    } catch {
        // shown as it is
    }
    if (ours === answer) return;
    differing += 1;
    if (differing <= 10) {
        process.stderr.write(`rule  ${JSON.stringify(logic)}\ndata  ${JSON.stringify(input)}\n` +
            `json-logic-js  ${answer}\nattune         ${answers[i]}\n\n`);
    }
});
process.stdout.write(`${count} generated rules (seed ${seed}, ${thrown} more made json-logic-js throw): ` +
    `${differing ? `${differing} differ` : "the same answer on every one"}\n`);
process.exitCode = differing || run.stderr.length ? 1 : 0;
if (run.stderr.length) process.stderr.write(run.stderr);
