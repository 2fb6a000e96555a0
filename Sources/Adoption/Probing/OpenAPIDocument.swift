import Interchange
import Notation

/// What an app says of itself: an OpenAPI 3 or Swagger 2 document, read for the operations that take a question.
///
/// References within the document are followed, twelve deep; everything that cannot be read is passed over, since the
/// document only shortens the search.
struct OpenAPIDocument: Sendable {
    struct Operation: Sendable {
        let method: String
        /// With the server's own path before it.
        let path: String
        /// The body that it wants, as a template; nil for one without a body.
        let template: JSONValue?
        /// Parameters of the address that it wants, with their values.
        let parameters: [(name: String, value: String)]
        /// How much it looks like the one that answers questions.
        let score: Int
        /// Questions that the document gives as examples.
        let examples: [String]

        func shape(at place: WebPlace) -> AppShape {
            var url = place.with(path: path).text
            for (index, parameter) in parameters.enumerated() {
                url += (index == 0 ? "?" : "&") + parameter.name + "=" + parameter.value
            }
            return AppShape(.http(url: url, method: method, template: template))
        }
    }

    /// Those that take a question, the likeliest first.
    let operations: [Operation]

    /// Nil where the value is no such document.
    init?(_ document: JSONValue) {
        guard document["openapi"] != nil || document["swagger"] != nil,
            case .object(let paths)? = document["paths"]
        else { return nil }
        let base = Self.base(document)
        var found: [Operation] = []
        for entry in paths.members.prefix(500) where !entry.key.contains("{") {
            for method in ["post", "put", "get"] {
                guard let operation = entry.value[method] else { continue }
                let reader = Reader(document: document)
                if let made = reader.read(operation, entry.value, method, base + entry.key) {
                    found.append(made)
                }
            }
        }
        operations = found.enumerated()
            .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
            .map(\.element)
    }

    private static func base(_ document: JSONValue) -> String {
        let text = document["servers"]?[0]?["url"]?.stringValue ?? document["basePath"]?.stringValue ?? ""
        let path = WebPlace(text)?.path ?? text
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        return trimmed.hasPrefix("/") ? trimmed : ""
    }

    /// Those at a path, a slash at its end aside.
    func operations(at path: String) -> [Operation] {
        func plain(_ text: String) -> Substring { text.hasSuffix("/") ? text.dropLast() : text[...] }
        return operations.filter { plain($0.path) == plain(path) }
    }

    private struct Reader {
        let document: JSONValue

        func read(_ operation: JSONValue, _ item: JSONValue, _ method: String, _ path: String) -> Operation? {
            var examples: [String] = []
            var template: JSONValue?
            var hasQuestion = false
            var parameters: [(name: String, value: String)] = []
            let declared =
                (operation["parameters"]?.arrayValue ?? []) + (item["parameters"]?.arrayValue ?? [])
            for parameter in declared.map({ resolved($0) }) {
                guard let name = parameter["name"]?.stringValue else { continue }
                if parameter["in"] == "body", let schema = parameter["schema"] {
                    template = body(schema, parameter["example"], &examples)
                }
                guard parameter["in"] == "query" else { continue }
                let isQuestion = FieldGuess.queryness(name) > 0
                guard parameter["required"] == true || isQuestion else { continue }
                hasQuestion = hasQuestion || isQuestion
                let value = value(name, resolved(parameter["schema"] ?? parameter))
                parameters.append((name, value.stringValue ?? String(decoding: value.bytes(), as: UTF8.self)))
            }
            if let content = resolved(operation["requestBody"] ?? .null)["content"] {
                let json = content["application/json"] ?? content["*/*"]
                if let json, let schema = json["schema"] {
                    template = body(schema, json["example"], &examples)
                } else if method != "get", content.objectValue?.isEmpty == false {
                    // Forms and files are not what is sent.
                    return nil
                }
            }
            if method != "get", template == nil, !hasQuestion { return nil }
            if method == "get", !hasQuestion { return nil }
            let asks = template?.asksQuestion ?? false
            guard asks || hasQuestion else { return nil }
            return Operation(
                method: method.uppercased(), path: path, template: method == "get" ? nil : template ?? [:],
                parameters: parameters, score: Self.score(path, method), examples: examples)
        }

        private static func score(_ path: String, _ method: String) -> Int {
            let words = DatasetField.normalised(path).split(whereSeparator: { $0 == "/" || $0 == "_" })
            let good = [
                "chat", "ask", "query", "answer", "completions", "generate", "predict", "classify", "invoke",
                "search", "respond", "message", "messages", "question", "similarity", "rag",
            ]
            let bad = [
                "feedback", "login", "token", "upload", "delete", "admin", "ingest", "index", "documents",
                "batch", "embeddings", "rate", "health", "users",
            ]
            var score = method == "post" ? 2 : 0
            for word in words {
                if good.contains(String(word)) { score += 4 }
                if bad.contains(String(word)) { score -= 5 }
            }
            return score - words.count
        }

        private func body(
            _ schema: JSONValue, _ example: JSONValue?, _ examples: inout [String]
        ) -> JSONValue? {
            let schema = resolved(schema)
            let shown = example ?? schema["example"] ?? schema["examples"]?[0]
            guard let template = object(schema, depth: 0) else { return nil }
            if case .object(let members)? = shown {
                for member in members.members where FieldGuess.queryness(member.key) > 0 {
                    if let text = member.value.stringValue { examples.append(text) }
                }
            }
            return template
        }

        /// A template of an object's schema: what it insists on, and the best place for the question.
        private func object(_ schema: JSONValue, depth: Int) -> JSONValue? {
            let properties = properties(schema)
            guard !properties.isEmpty, depth < 4 else { return nil }
            let required = Set(
                (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue) + merged(schema))
            let questions = properties.filter { isText($0.schema) && FieldGuess.queryness($0.name) > 0 }
            let question = questions.max {
                (required.contains($0.name) ? 1 : 0, FieldGuess.queryness($0.name))
                    < (required.contains($1.name) ? 1 : 0, FieldGuess.queryness($1.name))
            }
            var template = JSONObject()
            for property in properties {
                if property.name == question?.name {
                    template[property.name] = "${input.query}"
                } else if FieldGuess.isSecondText(property.name), isText(property.schema) {
                    template[property.name] = FieldGuess.value(property.name, type: nil)
                } else if FieldGuess.isMessages(property.name) {
                    if question == nil || required.contains(property.name) {
                        template[property.name] = FieldGuess.messages
                    }
                } else if FieldGuess.isHistory(property.name) {
                    template[property.name] = "${input.history}"
                } else if ["session_id", "session", "conversation_id", "thread_id"].contains(property.name),
                    !required.contains(property.name)
                {
                    template[property.name] = "${session}"
                } else if required.contains(property.name) {
                    if property.schema["type"] == "object" || property.schema["properties"] != nil,
                        let inner = object(property.schema, depth: depth + 1)
                    {
                        template[property.name] = inner
                    } else {
                        template[property.name] = value(property.name, property.schema)
                    }
                }
            }
            return template.isEmpty ? nil : .object(template)
        }

        private func isText(_ schema: JSONValue) -> Bool {
            let type = schema["type"]?.stringValue
            if type == nil, let options = (schema["anyOf"] ?? schema["oneOf"])?.arrayValue {
                return options.contains { resolved($0)["type"] == "string" }
            }
            return type == "string" || (type == nil && schema["properties"] == nil)
        }

        private func value(_ name: String, _ schema: JSONValue) -> JSONValue {
            let isQuestion =
                FieldGuess.queryness(name) > 0 && (schema["type"]?.stringValue ?? "string") == "string"
            if isQuestion { return "${input.query}" }
            for key in ["default", "const", "example"] {
                if let value = schema[key], !value.isNull { return value.escapingPlaceholders }
            }
            if let value = schema["examples"]?[0] ?? schema["enum"]?[0] { return value.escapingPlaceholders }
            if let least = schema["minimum"], schema["type"] != "string" { return least }
            return FieldGuess.value(name, type: schema["type"]?.stringValue)
        }

        private func properties(_ schema: JSONValue) -> [(name: String, schema: JSONValue)] {
            var found: [(name: String, schema: JSONValue)] = []
            for part in [schema] + (schema["allOf"]?.arrayValue ?? []).map({ resolved($0) }) {
                for member in part["properties"]?.objectValue?.members.prefix(200) ?? [] {
                    found.append((member.key, resolved(member.value)))
                }
            }
            return found
        }

        private func merged(_ schema: JSONValue) -> [String] {
            (schema["allOf"]?.arrayValue ?? []).flatMap { part in
                (resolved(part)["required"]?.arrayValue ?? []).compactMap(\.stringValue)
            }
        }

        private func resolved(_ value: JSONValue, depth: Int = 0) -> JSONValue {
            guard let reference = value["$ref"]?.stringValue, reference.hasPrefix("#"), depth < 12,
                let pointer = try? JSONPointer(String(reference.dropFirst())),
                let target = pointer.value(in: document)
            else { return value }
            return resolved(target, depth: depth + 1)
        }
    }
}

extension JSONValue {
    /// Whether the question stands somewhere in a template.
    var asksQuestion: Bool {
        switch self {
        case .string(let text): text.contains("${input.query}")
        case .array(let elements): elements.contains { $0.asksQuestion }
        case .object(let object): object.members.contains { $0.value.asksQuestion }
        default: false
        }
    }

    /// With `${` of its texts written so that no placeholder is read there.
    var escapingPlaceholders: JSONValue {
        switch self {
        case .string(let text): return .string(text.replacingPlaceholders())
        case .array(let elements): return .array(elements.map(\.escapingPlaceholders))
        case .object(let object):
            var out = JSONObject()
            for member in object.members { out[member.key] = member.value.escapingPlaceholders }
            return .object(out)
        default: return self
        }
    }
}

extension String {
    /// `$${` for `${`.
    func replacingPlaceholders() -> String { replacing("${", with: "$${") }
}
