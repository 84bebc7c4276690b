// The best of several rounds, in nanoseconds a call: as the benches in C++ do it.
export function nanoseconds(work, times) {
    let best = Infinity;
    for (let round = 0; round < 7; ++round) {
        const began = process.hrtime.bigint();
        for (let i = 0; i < times; ++i) work();
        best = Math.min(best, Number(process.hrtime.bigint() - began) / times);
    }
    return best;
}

export async function input() {
    let text = "";
    for await (const piece of process.stdin) text += piece;
    return text;
}
