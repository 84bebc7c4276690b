// {"flags": a file of flagd, "context": …, "ask": [[key, default]]} in; for each flag asked a line with flagd-core's nanoseconds.
import { FlagdCore } from "@openfeature/flagd-core";
import { input, nanoseconds } from "./measure.mjs";

const quiet = { error() {}, warn() {}, info() {}, debug() {} };
const { flags, context, ask } = JSON.parse(await input());
const core = new FlagdCore(undefined, quiet);
core.setConfigurations(JSON.stringify(flags));
for (const [key, otherwise] of ask) {
    const resolve =
        typeof otherwise === "boolean"
            ? () => core.resolveBooleanEvaluation(key, otherwise, context, quiet)
            : () => core.resolveStringEvaluation(key, otherwise, context, quiet);
    const answer = resolve();
    if (answer.errorCode) throw new Error(`${key}: ${answer.errorCode} ${answer.errorMessage}`);
    console.log(nanoseconds(resolve, 20_000));
}
