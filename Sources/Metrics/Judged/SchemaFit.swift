import Notation

/// Bends a judge's JSON into the form that was asked for, where no meaning is lost by it.
///
/// Knows the few keywords that the prompts' schemas use: `type`, `properties`, `required`, `items`, `enum`, `minimum`,
/// `maximum`, `minItems`, `maxItems`. A member `reason` may be missing: the verdict counts.
enum SchemaFit {
    struct Problem: Error { let cause: String }

    static func fit(_ value: JSONValue, _ schema: JSONValue, at place: String) -> Result<JSONValue, Problem> {
        let named = place.isEmpty ? "it" : "'\(place)'"
        func wrong(_ words: String) -> Result<JSONValue, Problem> {
            .failure(Problem(cause: named + " " + words))
        }
        switch schema["type"]?.stringValue {
        case "object":
            guard case .object(let object) = value else { return wrong("is no object") }
            return fitObject(object, schema, place)
        case "array":
            guard let items = value.arrayValue else { return wrong("is no list") }
            if let least = schema["minItems"]?.intValue, items.count < least {
                return wrong("has \(items.count) entries, not \(least)")
            }
            if let most = schema["maxItems"]?.intValue, items.count > most {
                return wrong("has \(items.count) entries, not \(most)")
            }
            var fitted: [JSONValue] = []
            for (index, item) in items.enumerated() {
                switch fit(item, schema["items"] ?? [:], at: "\(place)[\(index + 1)]") {
                case .success(let value): fitted.append(value)
                case .failure(let problem): return .failure(problem)
                }
            }
            return .success(.array(fitted))
        case "integer":
            guard let number = number(value), number == number.rounded(), abs(number) < 1e9 else {
                return wrong("is no whole number")
            }
            if let least = schema["minimum"]?.doubleValue, number < least {
                return wrong("lies below \(Int(least))")
            }
            if let most = schema["maximum"]?.doubleValue, number > most {
                return wrong("lies above \(Int(most))")
            }
            return .success(.integer(Int64(number)))
        case "boolean":
            if let flag = value.boolValue { return .success(.bool(flag)) }
            switch value.stringValue?.lowercased() {
            case "true", "yes": return .success(true)
            case "false", "no": return .success(false)
            default: return wrong("is neither true nor false")
            }
        case "string":
            guard let words = schema["enum"]?.arrayValue?.compactMap(\.stringValue) else {
                return value.stringValue == nil ? wrong("is no text") : .success(value)
            }
            var text = value.stringValue ?? ""
            if let flag = value.boolValue { text = flag ? "yes" : "no" }
            text = text.lowercased().trimmed
            while let last = text.last, ".!".contains(last) { text.removeLast() }
            guard let word = words.first(where: { $0.lowercased() == text }) else {
                return wrong("is none of \(words.joined(separator: ", "))")
            }
            return .success(.string(word))
        default: return .success(value)
        }
    }

    private static func fitObject(
        _ object: JSONObject, _ schema: JSONValue, _ place: String
    ) -> Result<JSONValue, Problem> {
        var fitted = JSONObject()
        for property in schema["properties"]?.objectValue?.members ?? [] {
            let path = place.isEmpty ? property.key : place + "." + property.key
            let found =
                object[property.key] ?? object.members.first { $0.key.lowercased() == property.key }?.value
            guard let found, !found.isNull else {
                if property.key == "reason" { continue }
                return .failure(Problem(cause: "it has no '\(path)'"))
            }
            switch fit(found, property.value, at: path) {
            case .success(let value): fitted[property.key] = value
            case .failure(let problem): return .failure(problem)
            }
        }
        return .success(.object(fitted))
    }

    private static func number(_ value: JSONValue) -> Double? {
        if let number = value.doubleValue { return number.isFinite ? number : nil }
        guard let text = value.stringValue?.trimmed, text.utf8.count < 20 else { return nil }
        return Double(text)
    }
}
