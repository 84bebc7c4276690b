// {"data": …, "rules": [{"logic": JSONLogic, "zen": the same as an expression}]} in; for each rule a line with json-logic-js's
// nanoseconds and zen-engine's, which parses an expression each time, for its API has no other way to ask one.
import { evaluateExpressionSync } from "@gorules/zen-engine";
import jsonLogic from "json-logic-js";
import { input, nanoseconds } from "./measure.mjs";

const { data, rules } = JSON.parse(await input());
for (const { logic, zen } of rules) {
    const expected = jsonLogic.apply(logic, data);
    const said = await evaluateExpressionSync(zen, data);
    if (said !== expected) throw new Error(`${zen} is ${said}, not ${expected}`);
    console.log(
        nanoseconds(() => jsonLogic.apply(logic, data), 50_000),
        nanoseconds(() => evaluateExpressionSync(zen, data), 5_000),
    );
}
