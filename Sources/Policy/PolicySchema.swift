import Metrics
import Notation

/// The JSON Schema (2020-12) of the policy file, made from the table of keys: for editors, and for tools that
/// write policies. It says what the file's form is; rules, units and places are the reader's to judge.
public enum PolicySchema {
    /// Bytes are the same for the same version of the product.
    public static func json() -> JSONValue {
        var schema = JSONObject()
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = "Sluice policy (sluice.yaml)"
        for member in keys(PolicyKeys.root).members { schema[member.key] = member.value }
        schema["$defs"] = .object(definitions())
        return .object(schema)
    }

    private static func definitions() -> JSONObject {
        var defs = JSONObject()
        defs["metric"] = metric()
        defs["gate"] = gate()
        defs["target"] = schema(PolicyKeys.target, isTop: true)
        return defs
    }

    private static func schema(_ form: ValueForm, isTop: Bool = false) -> JSONValue {
        switch form {
        case .text(let kind): return text(kind)
        case .integer(let range):
            var out = object(["type": "integer", "minimum": .integer(range.lowerBound)])
            if range.upperBound < Int64.max { out["maximum"] = .integer(range.upperBound) }
            return .object(out)
        case .constant(let value): return ["const": .integer(value)]
        case .number(let range):
            var out = object(["type": "number"])
            if range.lowerBound > -Double.greatestFiniteMagnitude {
                out["minimum"] = .number(range.lowerBound)
            }
            if range.upperBound < Double.greatestFiniteMagnitude {
                out["maximum"] = .number(range.upperBound)
            }
            return .object(out)
        case .flag: return ["type": "boolean"]
        case .word(let words): return self.words(words)
        case .measure(let kind): return measure(kind)
        case .list(let element, let orOne, let atLeast):
            var list = object(["type": "array", "items": schema(element)])
            if atLeast > 0 { list["minItems"] = .integer(Int64(atLeast)) }
            return orOne ? ["anyOf": [schema(element), .object(list)]] : .object(list)
        case .keys(let list): return .object(keys(list))
        case .names(let words, _, let value):
            var out = object(["type": "object", "additionalProperties": schema(value)])
            out["propertyNames"] =
                words.isEmpty ? ["minLength": 1] : ["enum": .array(words.map { .string($0) })]
            return .object(out)
        case .template: return ["type": "object"]
        case .anything: return true
        case .metric: return ["$ref": "#/$defs/metric"]
        case .gate: return ["$ref": "#/$defs/gate"]
        case .choice(let forms):
            if !isTop, forms.count == 6 { return ["$ref": "#/$defs/target"] }
            return ["anyOf": .array(forms.map { schema($0) })]
        }
    }

    private static func keys(_ list: [KeyDefinition]) -> JSONObject {
        var properties = JSONObject()
        for key in list { properties[key.name] = described(key) }
        var out = object(["type": "object", "additionalProperties": false])
        out["properties"] = .object(properties)
        let required = list.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { out["required"] = .array(required) }
        return out
    }

    /// A key's schema with its sentence, which is what an editor shows.
    private static func described(_ key: KeyDefinition) -> JSONValue {
        var out = JSONObject()
        var words = key.summary
        if key.availability == .notYet { words += " (Not available yet.)" }
        if let text = key.defaultText { words += " Default: \(text)." }
        out["description"] = .string(words)
        let example = YAMLNode.read(key.example).root?.json ?? .string(key.example)
        out["examples"] = [example]
        if case .object(let form) = schema(key.form) {
            for member in form.members where out[member.key] == nil { out[member.key] = member.value }
        }
        return .object(out)
    }

    private static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONObject {
        var out = JSONObject()
        for member in members { out[member.key] = member.value }
        return out
    }

    // MARK: scalars

    private static func text(_ kind: ValueForm.TextForm) -> JSONValue {
        switch kind {
        case .plain, .path, .rule, .secretive: ["type": "string", "minLength": 1]
        case .url: ["type": "string", "pattern": "^https?://[^/?#\\s][^\\s]*$"]
        case .pointer: ["type": "string", "pattern": "^(/([^~]|~[01])*)$"]
        case .currency: ["type": "string", "pattern": "^[A-Z]{3}$"]
        }
    }

    private static func words(_ words: [ValueForm.Word]) -> JSONValue {
        ["enum": .array(words.map { .string($0.text) })]
    }

    private static func measure(_ kind: MeasureForm) -> JSONValue {
        let text: JSONValue = ["type": "string", "pattern": .string(kind.pattern)]
        switch kind {
        case .share: return ["anyOf": [["type": "number", "minimum": 0, "maximum": 1], text]]
        case .quantity: return ["anyOf": [["type": "number"], text]]
        case .duration, .rate, .size, .price: return text
        }
    }

    // MARK: metrics and gates

    /// A name that exists, or a mapping from a name to its parameter.
    private static func metric() -> JSONValue {
        var plain: [JSONValue] = []
        var patterns: [JSONValue] = []
        var parameters = JSONObject()
        for family in MetricCatalogue.families {
            switch (family.parameter, family.members) {
            case (.cutoff, _): patterns.append(["pattern": .string("^\(family.name)@[1-9][0-9]*$")])
            case (_, .names): patterns.append(["pattern": .string("^\(family.name)(\\[.+\\])?$")])
            case (_, .keys): patterns.append(["pattern": .string("^\(family.name)(\\..+)?$")])
            default: plain.append(.string(family.name))
            }
            if case .value(let words) = family.parameter {
                parameters[family.name] = ["description": .string(family.summary + " Takes " + words + ".")]
            }
        }
        var kpi = keys(PolicyKeys.kpi)
        kpi["description"] = "A weighted indicator of other metrics."
        parameters["kpi"] = .object(kpi)
        var mapping = object(["type": "object", "minProperties": 1, "maxProperties": 1])
        mapping["additionalProperties"] = false
        mapping["properties"] = .object(parameters)
        let later = LaterMetrics.sorted.map { JSONValue.string($0) }
        let names: JSONValue = ["enum": .array(plain)]
        return [
            "anyOf": .array(
                [names]
                    + patterns.map { pattern in ["type": "string", "pattern": pattern["pattern"] ?? true] }
                    + [["enum": .array(later), "description": "Not available yet."], .object(mapping)])
        ]
    }

    /// A rule as a text, as a mapping with its particulars, or as YAML reads `when x: …`.
    private static func gate() -> JSONValue {
        let names = PolicyKeys.gate.map { JSONValue.string($0.name) }
        var short = object(["type": "object", "minProperties": 1, "maxProperties": 1])
        short["propertyNames"] = ["not": ["enum": .array(names)]]
        short["additionalProperties"] = ["type": "string", "minLength": 1]
        var rule = object(["type": "string", "minLength": 1])
        rule["description"] = .string("A rule: " + GateFormEntry.all.map(\.pattern).joined(separator: " · "))
        rule["examples"] = .array(GateFormEntry.all.flatMap(\.examples).map { .string($0) })
        return ["anyOf": [.object(rule), .object(keys(PolicyKeys.gate)), .object(short)]]
    }
}
