// Checks manifests against the schemas that the Kubernetes API and KEDA publish (npm kubernetes-models, @kubernetes-models/keda).
// Usage: node check-manifests.mjs FILE...: a line "ok KIND NAME" for each object; exit code 1 if one is wrong, 2 if its kind has no schema here.
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

const packages = {
  "keda.sh": (version, kind) => `@kubernetes-models/keda/keda.sh/${version}/${kind}`,
};

async function model(apiVersion, kind) {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const module = packages[group]?.(version, kind) ?? `kubernetes-models/${group === "" ? version : `${group}/${version}`}/${kind}`;
  return (await import(module))[kind];
}

// The schemas let unknown keys pass, as an API server without strict validation does. What no validator ever asked for is unknown: a misspelt key.
function watched(value, path, unread) {
  if (value === null || typeof value !== "object") {
    return value;
  }
  const inner = Array.isArray(value) ? [] : {};
  for (const [key, child] of Object.entries(value)) {
    inner[key] = watched(child, `${path}.${key}`, unread);
    if (!Array.isArray(value)) {
      unread.add(`${path}.${key}`);
    }
  }
  return new Proxy(inner, {
    get(target, key) {
      unread.delete(`${path}.${String(key)}`);
      return target[key];
    },
  });
}

let code = 0;
for (const file of process.argv.slice(2)) {
  for (const document of parseAllDocuments(readFileSync(file, "utf8"), { uniqueKeys: true })) {
    if (document.errors.length > 0) {
      console.log(`${file}: ${document.errors[0].message}`);
      code = Math.max(code, 1);
      continue;
    }
    const object = document.toJS();
    if (object === null) {
      continue;
    }
    const name = `${object.kind} ${object.metadata?.name}`;
    let type;
    try {
      type = await model(object.apiVersion, object.kind);
    } catch (missing) {
      console.log(`${file}: ${name}: there is no schema of ${object.apiVersion} (${missing.code})`);
      code = 2;
      continue;
    }
    try {
      const unread = new Set();
      const { apiVersion, kind, ...rest } = object;
      const fields = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, watched(value, key, unread)]));
      // Not by the constructor, which would copy and so read all of it.
      Object.assign(new type({}), fields).validate();
      if (unread.size > 0) {
        throw new Error(`no such field: ${[...unread].join(", ")}`);
      }
      console.log(`ok ${name}`);
    } catch (wrong) {
      console.log(`${file}: ${name}: ${wrong.message}`);
      code = Math.max(code, 1);
    }
  }
}
process.exit(code);
