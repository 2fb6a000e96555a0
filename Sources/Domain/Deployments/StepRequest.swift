import Notation

/// A request of a journey, its texts still to be filled in.
public struct StepRequest: Sendable {
    public enum Body: Sendable {
        case json(StepValue)
        /// `application/x-www-form-urlencoded`, in order.
        case form([Field])
        case text(StepText)
    }

    /// A header or a field of a form.
    public struct Field: Sendable {
        public let name: String
        public let value: StepText

        public init(name: String, value: StepText) {
            self.name = name
            self.value = value
        }
    }

    public var method: String
    public var url: StepText
    public var headers: [Field]
    public var body: Body?
    /// For one attempt; nil: the policy's `app.limits.timeout`.
    public var timeoutSeconds: Double?

    public init(method: String, url: StepText) {
        self.method = method
        self.url = url
        headers = []
    }

    /// Every text in it, in order.
    public var texts: [StepText] {
        var texts = [url] + headers.map(\.value)
        switch body {
        case nil: break
        case .json(let value): texts += value.texts
        case .form(let fields): texts += fields.map(\.value)
        case .text(let text): texts.append(text)
        }
        return texts
    }
}

/// A value to keep of an answer, under a name.
public struct StepCapture: Sendable, Hashable {
    public enum Source: Sendable, Hashable {
        case at(JSONPointer)
        case header(String)
        case status
        /// The body as text.
        case text
    }

    public let name: String
    public let source: Source
    /// A PCRE2 pattern whose match is kept in place of the whole text.
    public let pattern: String?
    /// Whether it is kept out of reports and of the clean-up journal.
    public let isSecret: Bool

    public init(name: String, source: Source, pattern: String? = nil, isSecret: Bool = false) {
        self.name = name
        self.source = source
        self.pattern = pattern
        self.isSecret = isSecret
    }

    /// Reads `[secret] (POINTER | header NAME | status | text) [~ PATTERN]`.
    public init(name: String, _ text: String) throws(StepText.Problem) {
        let mend =
            "write a JSON Pointer such as /id, 'header NAME', 'status' or 'text'; '~ PATTERN' keeps a part"
        guard StepText.isName(name), name != "unique", name != "run" else {
            throw StepText.Problem(
                cause: "'\(name)' is no name for a captured value",
                mend: "use letters, digits, '_' and '-'; 'unique' and 'run' are taken")
        }
        var rest = text[...]
        var isSecret = false
        if rest.hasPrefix("secret ") {
            isSecret = true
            rest = rest.dropFirst(7).drop { $0 == " " }
        }
        var pattern: String?
        if let tilde = rest.firstRange(of: " ~ ") {
            pattern = String(rest[tilde.upperBound...])
            rest = rest[..<tilde.lowerBound]
            if pattern?.isEmpty ?? false {
                throw StepText.Problem(cause: "no pattern stands behind '~'", mend: mend)
            }
        }
        let words = rest.split(separator: " ")
        let source: Source
        if rest.hasPrefix("/") || rest.isEmpty {
            do throws(JSONPointerError) { source = .at(try JSONPointer(String(rest))) } catch {
                throw StepText.Problem(cause: error.message, mend: mend)
            }
        } else if words.count == 2, words[0] == "header" {
            source = .header(String(words[1]))
        } else if rest == "status" {
            source = .status
        } else if rest == "text" {
            source = .text
        } else {
            throw StepText.Problem(cause: "'\(rest)' says not where the value stands", mend: mend)
        }
        self.init(name: name, source: source, pattern: pattern, isSecret: isSecret)
    }

    /// As a policy writes it.
    public var written: String {
        let place =
            switch source {
            case .at(let pointer): pointer.description
            case .header(let name): "header " + name
            case .status: "status"
            case .text: "text"
            }
        return (isSecret ? "secret " : "") + place + (pattern.map { " ~ " + $0 } ?? "")
    }
}
