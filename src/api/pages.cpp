#include "api/pages.h"

namespace attune::api::pages {

namespace {

constexpr std::string_view kStyle =
    R"css(:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#d9dee6;--paper:#fff;--tint:#f4f6f9;--accent:#0b63c5}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa5b4;--line:#313947;--paper:#151a21;--tint:#1d242e;--accent:#6cb0ff}}
*{box-sizing:border-box}
body{margin:0;font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.9rem;margin:0 0 .25rem}h2{font-size:1.2rem;margin:2.2rem 0 .6rem}
p.lead{color:var(--soft);margin:.2rem 0 1.5rem}
a{color:var(--accent)}
code,pre,textarea,input{font:13.5px/1.5 ui-monospace,monospace}
pre,textarea{background:var(--tint);border:1px solid var(--line);border-radius:6px;padding:.8rem;overflow:auto;width:100%;margin:.5rem 0}
textarea{min-height:6rem;color:inherit}
input{background:var(--tint);border:1px solid var(--line);border-radius:6px;padding:.35rem .5rem;color:inherit;min-width:16rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line)}
details{border:1px solid var(--line);border-radius:8px;margin:.5rem 0;padding:.1rem .9rem}
summary{cursor:pointer;padding:.45rem 0}
.verb{display:inline-block;min-width:4.2rem;font:600 13px ui-monospace,monospace;color:var(--accent)}
.soft{color:var(--soft)}
label{display:block;margin:.45rem 0}
label span{display:inline-block;min-width:10rem}
button{font:inherit;padding:.35rem 1rem;border-radius:6px;border:1px solid var(--accent);background:var(--accent);color:var(--paper);cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
)css";

constexpr std::string_view kWelcome = R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Attune</title><link rel="stylesheet" href="/attune.css"></head>
<body><main>
<h1>Attune</h1>
<p class="lead">Version {{version}} is running. Tell it what your users do; it knows each of them by the next request.</p>
<h2>Where to go</h2>
<table>
<tr><td><a href="/docs">/docs</a></td><td>Every route, what it takes and answers, and a way to try it</td></tr>
<tr><td><a href="/openapi.json">/openapi.json</a></td><td>The same for programs, OpenAPI 3.1</td></tr>
<tr><td><a href="/readyz">/readyz</a></td><td>Whether it takes traffic; <a href="/healthz">/healthz</a> says whether it lives</td></tr>
<tr><td><a href="/metrics">/metrics</a></td><td>For Prometheus, with the root key</td></tr>
</table>
<h2>The first event</h2>
<pre>curl -X POST "$ATTUNE/api/v1/events" -H "Authorization: Bearer $KEY" \
  -d '{"user_id":"ann","event":"view","item_id":"app-7"}'

curl "$ATTUNE/api/v1/personalization/profile/ann" -H "Authorization: Bearer $KEY"</pre>
<p>The root key was printed when the server first started; it makes tenants' keys:</p>
<pre>curl -X POST "$ATTUNE/api/v1/keys?tenant=default" -H "Authorization: Bearer $ROOT" \
  -d '{"name":"first","role":"service"}'</pre>
<h2>Segment clients</h2>
<p>Point them at this host with a key of role <code>ingest</code> as write key; nothing else changes.</p>
</main></body></html>
)html";

constexpr std::string_view kDocs = R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Attune API</title><link rel="stylesheet" href="/attune.css"><script src="/docs.js" defer></script></head>
<body><main>
<h1>Attune API</h1>
<p class="lead" id="lead">Reading <a href="/openapi.json">/openapi.json</a> …</p>
<label><span>Key</span><input id="key" type="password" autocomplete="off" placeholder="atk_…"></label>
<label><span>Tenant, for root</span><input id="tenant" autocomplete="off" placeholder="default"></label>
<div id="routes"></div>
<noscript><p>This page needs its script; /openapi.json holds the same.</p></noscript>
</main></body></html>
)html";

constexpr std::string_view kDocsScript = R"js("use strict";
const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};
let api;
const resolve = (schema) => schema && schema.$ref
  ? schema.$ref.split("/").slice(1).reduce((at, key) => at[key], api) : schema;
const nameOf = (schema) => {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.oneOf) return schema.oneOf.map(nameOf).join(" or ");
  if (schema.type === "array") return `list of ${nameOf(schema.items) || "anything"}`;
  if (schema.enum) return schema.enum.join(" | ");
  return [].concat(schema.type || "anything").join(" | ") + (schema.format ? ` (${schema.format})` : "");
};
const fields = (schema, depth = 0) => {
  const whole = resolve(schema);
  if (!whole || depth > 3) return null;
  const parts = whole.oneOf || (whole.type === "array" ? [whole.items] : null);
  if (parts) return fields(parts[0], depth);
  if (!whole.properties) return null;
  const required = new Set(whole.required || []);
  return make("table", {}, ...Object.entries(whole.properties).map(([name, member]) =>
    make("tr", {},
      make("td", {}, make("code", {}, name), required.has(name) ? " *" : ""),
      make("td", { class: "soft" }, nameOf(member)),
      make("td", {}, member.description || ""))));
};
const tryForm = (path, method, operation) => {
  const inputs = {};
  const parameters = (operation.parameters || []).map(resolve).filter((p) => p.name !== "X-Tenant");
  const form = make("form", {});
  for (const parameter of parameters) {
    inputs[parameter.name] = make("input", { placeholder: parameter.description || parameter.in });
    form.append(make("label", {}, make("span", {}, parameter.name), inputs[parameter.name]));
  }
  const media = operation.requestBody && operation.requestBody.content["application/json"];
  const body = media && make("textarea", { "aria-label": "body", spellcheck: "false" });
  if (body) {
    body.value = media.example ? JSON.stringify(media.example, null, 2) : "{}";
    form.append(body);
  }
  const output = make("pre", { "aria-live": "polite" }, "");
  output.hidden = true;
  form.append(make("button", {}, "Send"), output);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let target = path;
    const query = new URLSearchParams();
    const headers = {};
    for (const parameter of parameters) {
      const value = inputs[parameter.name].value;
      if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(value));
      else if (value && parameter.in === "query") query.set(parameter.name, value);
      else if (value) headers[parameter.name] = value;
    }
    const key = document.getElementById("key").value;
    const tenant = document.getElementById("tenant").value;
    if (key) headers.Authorization = `Bearer ${key}`;
    if (tenant) headers["X-Tenant"] = tenant;
    if (body) headers["Content-Type"] = "application/json";
    output.hidden = false;
    output.textContent = "…";
    try {
      const answer = await fetch(query.size ? `${target}?${query}` : target,
        { method: method.toUpperCase(), headers, body: body ? body.value : undefined });
      const text = await answer.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: as it came */ }
      output.textContent = `${answer.status} ${answer.statusText}\n\n${shown}`;
    } catch (error) {
      output.textContent = String(error);
    }
  });
  return form;
};
const section = (path, method, operation) => {
  const block = make("details", { id: operation.operationId },
    make("summary", {}, make("span", { class: "verb" }, method.toUpperCase()), make("code", {}, path),
      " ", make("span", { class: "soft" }, operation.summary)));
  block.addEventListener("toggle", () => {
    if (!block.open || block.dataset.filled) return;
    block.dataset.filled = "yes";
    if (operation.description) block.append(make("p", {}, operation.description));
    const roles = operation["x-attune-roles"];
    block.append(make("p", { class: "soft" }, roles ? `For ${roles.join(", ")}.` : "For anybody."));
    if (operation.requestBody) {
      const schema = operation.requestBody.content["application/json"].schema;
      block.append(make("h3", {}, `Takes ${nameOf(schema)}`));
      const table = fields(schema);
      if (table) block.append(table);
    }
    for (const [status, reply] of Object.entries(operation.responses)) {
      const whole = resolve(reply);
      const media = whole.content && Object.values(whole.content)[0];
      block.append(make("p", {}, make("code", {}, status), ` ${whole.description} `,
        make("span", { class: "soft" }, media ? nameOf(media.schema) : "")));
      const table = media && status < "3" ? fields(media.schema) : null;
      if (table) block.append(table);
    }
    block.append(make("h3", {}, "Try it"), tryForm(path, method, operation));
  });
  return block;
};
(async () => {
  api = await (await fetch("/openapi.json")).json();
  document.getElementById("lead").textContent = `Version ${api.info.version}. ${api.info.description}`;
  const groups = new Map(api.tags.map((tag) => [tag.name, []]));
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      groups.get(operation.tags[0]).push(section(path, method, operation));
    }
  }
  const routes = document.getElementById("routes");
  for (const [name, blocks] of groups) routes.append(make("h2", {}, name), ...blocks);
})();
)js";

}  // namespace

std::string_view style() { return kStyle; }

std::string_view welcome() { return kWelcome; }

std::string_view docs() { return kDocs; }

std::string_view docs_script() { return kDocsScript; }

}  // namespace attune::api::pages
