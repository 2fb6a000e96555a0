import Interchange
import Notation

/// What a refusal says of the request it wanted: members that are missing, of the wrong type, or one too many.
///
/// Read are FastAPI's and pydantic's `detail: [{type, loc, msg}]`, lists of `errors` with a field's name, and words that
/// quote a name or say which one is missing or required.
struct RefusalHints: Sendable, Hashable {
    struct Field: Sendable, Hashable {
        /// From the body's top.
        let path: [String]
        /// JSON Schema's word for what it should be, where the refusal says.
        let type: String?
    }

    /// Members of the body that are wanted.
    private(set) var missing: [Field] = []
    /// Parameters of the address that are wanted.
    private(set) var parameters: [String] = []
    /// Members that are of another type than they should be.
    private(set) var mistyped: [Field] = []
    /// Members that must not be there.
    private(set) var forbidden: [[String]] = []
    /// The app wants its answers streamed.
    private(set) var wantsStream = false

    var isEmpty: Bool {
        missing.isEmpty && parameters.isEmpty && mistyped.isEmpty && forbidden.isEmpty && !wantsStream
    }

    init(_ refusal: Refusal) {
        if let items = refusal.body?["detail"]?.arrayValue { for item in items { takePydantic(item) } }
        if let errors = refusal.body?["errors"] { takeErrors(errors) }
        let words = refusal.words ?? ""
        // Sentences before the body as a whole: there its own quotes hide those within.
        if isEmpty, let body = refusal.body { for text in Self.sentences(body) { takeWords(text) } }
        if isEmpty { takeWords(words) }
        let plain = words.lowercased()
        wantsStream =
            plain.contains("stream") && (plain.contains("must") || plain.contains("only"))
            && !plain.contains("not support")
    }

    private mutating func takePydantic(_ item: JSONValue) {
        guard let place = item["loc"]?.arrayValue, let top = place.first?.stringValue else { return }
        let path = place.dropFirst().compactMap { $0.stringValue ?? $0.intValue.map(String.init) }
        let kind = item["type"]?.stringValue ?? ""
        guard let last = path.last else { return }
        if top == "query" {
            if kind.contains("missing") { parameters.append(last) }
            return
        }
        guard top == "body" else { return }
        if kind == "missing" || kind == "value_error.missing" {
            missing.append(Field(path: path, type: nil))
        } else if kind.contains("extra") {
            forbidden.append(path)
        } else if let type = Self.type(kind) ?? Self.type(inWords: item["msg"]?.stringValue ?? "") {
            mistyped.append(Field(path: path, type: type))
        }
    }

    /// `{"Question": ["…"]}`, or a list of objects that name a field.
    private mutating func takeErrors(_ errors: JSONValue) {
        switch errors {
        case .object(let object):
            for member in object.members where member.key != "$" && member.value.arrayValue != nil {
                missing.append(Field(path: member.key.split(separator: ".").map(String.init), type: nil))
            }
        case .array(let items):
            for item in items {
                let name = item["path"] ?? item["param"] ?? item["field"] ?? item["property"]
                guard let name = name?.stringValue, !name.isEmpty else { continue }
                let words = item["message"]?.stringValue ?? item["msg"]?.stringValue ?? ""
                let path = name.split(whereSeparator: { $0 == "." || $0 == "/" }).map(String.init)
                missing.append(Field(path: path, type: Self.type(inWords: words)))
            }
        default: break
        }
    }

    // MARK: Words

    /// Texts of a body that say something, three levels deep and at most 20 of them.
    private static func sentences(_ body: JSONValue, depth: Int = 3) -> [String] {
        if let text = body.stringValue { return text.contains(" ") ? [text] : [] }
        guard depth > 0 else { return [] }
        let inner = body.arrayValue ?? body.objectValue?.members.map(\.value) ?? []
        return Array(inner.prefix(20).flatMap { sentences($0, depth: depth - 1) }.prefix(20))
    }

    private mutating func takeWords(_ words: String) {
        let type = Self.type(inWords: words)
        for name in Self.quoted(words) + Self.required(words) {
            let path = name.split(separator: ".").map(String.init)
            if !path.isEmpty, !missing.contains(where: { $0.path == path }) {
                missing.append(Field(path: path, type: type))
            }
        }
    }

    /// Names in quotes, back quotes or typographic ones.
    private static func quoted(_ words: String) -> [String] {
        var found: [String] = []
        var open: (close: Character, text: String)?
        let pairs: [Character: Character] = ["'": "'", "\"": "\"", "`": "`", "‘": "’", "“": "”"]
        for character in words {
            if let held = open {
                if character == held.close {
                    if isName(held.text) { found.append(held.text) }
                    open = nil
                } else if held.text.utf8.count > 60 {
                    open = nil
                } else {
                    open?.text.append(character)
                }
            } else if let close = pairs[character] {
                open = (close, "")
            }
        }
        return found
    }

    /// Names that stand beside a word such as *required* or *missing*.
    private static func required(_ words: String) -> [String] {
        let list = words.split(whereSeparator: { " ,;()[]{}".contains($0) }).map {
            $0.trimmingMarks()
        }
        let lower = list.map { $0.lowercased() }
        var found: [String] = []
        for (index, word) in lower.enumerated() {
            if ["required", "missing"].contains(word), index > 0 {
                var before = index - 1
                while before > 0, filler.contains(lower[before]) { before -= 1 }
                if isName(list[before]), !filler.contains(lower[before]) { found.append(list[before]) }
            }
            guard ["missing", "field", "parameter", "property", "key", "provide", "empty"].contains(word)
            else { continue }
            var after = index + 1
            while after < list.count, filler.contains(lower[after]) { after += 1 }
            if after < list.count, isName(list[after]) { found.append(list[after]) }
        }
        return found.filter { FieldGuess.queryness($0) > 0 || $0.contains("_") }
    }

    private static let filler: Set<String> = [
        "is", "a", "an", "the", "field", "required", "parameter", "property", "key", "body", "missing",
        "must",
        "be", "value", "or", "for", "in", "request", "param", "of", "are", "was", "argument", "please",
        "json",
    ]

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 60 else { return false }
        let isLetter = (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first) || first == 0x5F
        return isLetter
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == 0x5F
                    || $0 == 0x2E || $0 == 0x2D
            }
    }

    /// pydantic's kinds.
    private static func type(_ kind: String) -> String? {
        for (part, type) in [
            ("string", "string"), ("str", "string"), ("list", "array"), ("dict", "object"),
            ("model", "object"),
            ("int", "integer"), ("float", "number"), ("bool", "boolean"),
        ] where kind.contains(part) { return type }
        return nil
    }

    private static func type(inWords words: String) -> String? {
        let plain = words.lowercased()
        guard plain.contains("must be") || plain.contains("should be") || plain.contains("expected") else {
            return nil
        }
        for (part, type) in [
            ("array", "array"), ("list", "array"), ("integer", "integer"), ("number", "number"),
            ("boolean", "boolean"), ("object", "object"), ("string", "string"),
        ] where plain.contains(part) { return type }
        return nil
    }
}

extension Substring {
    /// Without marks at either end.
    fileprivate func trimmingMarks() -> String {
        let marks: Set<Character> = [".", ":", "'", "\"", "`", "!", "?"]
        var rest = self
        while let first = rest.first, marks.contains(first) { rest.removeFirst() }
        while let last = rest.last, marks.contains(last) { rest.removeLast() }
        return String(rest)
    }
}

extension RefusalHints {
    /// The shape with what was asked for; nil where it would be the same.
    func applied(to shape: AppShape) -> AppShape? {
        guard case .http(let url, let method, let template) = shape.kind else { return nil }
        var address = url
        for name in parameters where !address.contains("\(name)=") {
            address += (address.contains("?") ? "&" : "?") + name + "=" + Self.parameter(name)
        }
        var body = template
        if var changed = template {
            for path in forbidden { changed = changed.removing(path[...]) }
            for field in mistyped {
                let name = field.path.last ?? ""
                changed = changed.setting(field.path[...], Self.value(name, field.type))
            }
            changed = addMissing(to: changed)
            if wantsStream { changed = changed.setting(["stream"], true) }
            body = changed
        }
        var made = AppShape(.http(url: address, method: method, template: body), headers: shape.headers)
        made.streamText = shape.streamText
        return made.identity == shape.identity ? nil : made
    }

    private static func parameter(_ name: String) -> String {
        let value = FieldGuess.value(name, type: nil)
        return value.stringValue ?? String(decoding: value.bytes(), as: UTF8.self)
    }

    private static func value(_ name: String, _ type: String?) -> JSONValue {
        if type == "array", FieldGuess.queryness(name) > 0 { return ["${input.query}"] }
        if type == "object", FieldGuess.queryness(name) > 0 { return ["query": "${input.query}"] }
        return FieldGuess.value(name, type: type)
    }

    private func addMissing(to template: JSONValue) -> JSONValue {
        var changed = template
        let wanted = missing.filter { template.member(at: $0.path[...]) == nil }
        guard !wanted.isEmpty else {
            // It is there, and empty or of another kind than wanted.
            for field in missing where field.type != nil {
                changed = changed.setting(field.path[...], Self.value(field.path.last ?? "", field.type))
            }
            return changed
        }
        let best = wanted.map { FieldGuess.queryness($0.path.last ?? "") }.max() ?? 0
        var question = wanted.first { best > 0 && FieldGuess.queryness($0.path.last ?? "") == best }
        let takesMessages = wanted.contains { FieldGuess.isMessages($0.path.last ?? "") }
        if question == nil, wanted.count == 1, !takesMessages,
            FieldGuess.value(wanted[0].path.last ?? "", type: wanted[0].type) == "sluice"
        {
            // A single member of a name that says nothing: the question's own place.
            question = wanted[0]
        }
        if question != nil || takesMessages {
            // What was tried under another name was not wanted.
            changed = changed.removingQuestion()
        }
        for field in wanted {
            let name = field.path.last ?? ""
            let value = field == question ? Self.question(name, field.type) : Self.value(name, field.type)
            changed = changed.setting(field.path[...], value)
        }
        return changed
    }

    private static func question(_ name: String, _ type: String?) -> JSONValue {
        type == "array" || type == "object" ? value(name, type) : "${input.query}"
    }
}

extension JSONValue {
    /// The member at a path of names; nil where there is none.
    func member(at path: ArraySlice<String>) -> JSONValue? {
        guard let name = path.first else { return self }
        return self[name]?.member(at: path.dropFirst())
    }

    /// With a member put at a path of names; objects on the way are made.
    func setting(_ path: ArraySlice<String>, _ value: JSONValue) -> JSONValue {
        guard let name = path.first else { return value }
        var object = objectValue ?? JSONObject()
        object[name] = (object[name] ?? .object(JSONObject())).setting(path.dropFirst(), value)
        return .object(object)
    }

    func removing(_ path: ArraySlice<String>) -> JSONValue {
        guard let name = path.first, case .object(var object) = self else { return self }
        if path.count == 1 {
            object[name] = nil
        } else if let inner = object[name] {
            object[name] = inner.removing(path.dropFirst())
        }
        return .object(object)
    }

    /// Without the members that hold nothing but the question, within members too.
    func removingQuestion() -> JSONValue {
        guard case .object(let object) = self else { return self }
        var kept = JSONObject()
        for member in object.members
        where member.value != "${input.query}" && member.value != FieldGuess.messages {
            kept[member.key] = member.value.removingQuestion()
        }
        return .object(kept)
    }
}
