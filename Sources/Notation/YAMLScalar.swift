/// What a scalar says by the core schema of YAML 1.2.
///
/// `yes`, `no`, `on` and `off` are texts there, as are dates; whatever was quoted is a text.
public enum YAMLScalar: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Also `.inf`, `.nan` and integers beyond 64 bits.
    case number(Double)
    case text(String)

    /// Resolves a plain scalar's text (YAML 1.2.2, section 10.3.2).
    public init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        case ".nan", ".NaN", ".NAN": self = .number(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": self = .number(.infinity)
        case "-.inf", "-.Inf", "-.INF": self = .number(-.infinity)
        default: self = Self.number(text) ?? .text(text)
        }
    }

    private static func number(_ text: String) -> YAMLScalar? {
        if text.hasPrefix("0x") || text.hasPrefix("0o") {
            let digits = text.dropFirst(2)
            guard let first = digits.utf8.first, first != 0x2B, first != 0x2D else { return nil }
            return Int64(digits, radix: text.hasPrefix("0x") ? 16 : 8).map { .integer($0) }
        }
        guard let whole = isDecimal(text) else { return nil }
        if whole, let integer = Int64(text) { return .integer(integer) }
        // Swift reads neither `1.` nor `.5`.
        return Double(completed(text)).flatMap { $0.isFinite ? .number($0) : nil }
    }

    /// Whether the text is `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, and if so
    /// whether it is an integer.
    private static func isDecimal(_ text: String) -> Bool? {
        var bytes = Array(text.utf8)[...]
        func digits() -> Int {
            let count = bytes.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
            bytes = bytes.dropFirst(count)
            return count
        }
        func take(_ allowed: String) -> Bool {
            guard let first = bytes.first, allowed.utf8.contains(first) else { return false }
            bytes = bytes.dropFirst()
            return true
        }
        _ = take("+-")
        let before = digits()
        var whole = true
        if take(".") {
            whole = false
            let after = digits()
            guard before > 0 || after > 0 else { return nil }
        } else if before == 0 {
            return nil
        }
        if take("eE") {
            whole = false
            _ = take("+-")
            guard digits() > 0 else { return nil }
        }
        return bytes.isEmpty ? whole : nil
    }

    private static func completed(_ text: String) -> String {
        var result = ""
        var previous: Character = " "
        for character in text {
            if character == ".", !previous.isNumber { result.append("0") }
            if previous == ".", !character.isNumber { result.append("0") }
            result.append(character)
            previous = character
        }
        return previous == "." ? result + "0" : result
    }
}

extension YAMLNode {
    /// What this scalar says; nil for a sequence or mapping.
    public var scalar: YAMLScalar? {
        guard case .scalar(let text, let quoted) = content else { return nil }
        return quoted ? .text(text) : YAMLScalar(plain: text)
    }

    /// The scalar's characters whatever they say; nil for a sequence or mapping.
    public var text: String? {
        if case .scalar(let text, _) = content { return text }
        return nil
    }

    /// The elements, where this is a sequence.
    public var elements: [YAMLNode]? {
        if case .sequence(let elements) = content { return elements }
        return nil
    }

    /// The members in the order they were written, where this is a mapping.
    public var members: [(key: YAMLNode, value: YAMLNode)]? {
        if case .mapping(let members) = content { return members }
        return nil
    }

    /// The value of a key, or nil where this is no mapping or has no such key.
    public subscript(key: String) -> YAMLNode? {
        members?.first { $0.key.text.map { sameBytes($0, key) } ?? false }?.value
    }

    /// The same tree as JSON, scalars resolved by the core schema. Keys become texts as they were written;
    /// `.inf` and `.nan`, which JSON has not, stay the texts they are.
    public var json: JSONValue {
        switch content {
        case .scalar(let text, _):
            switch scalar {
            case .null, nil: return .null
            case .bool(let flag): return .bool(flag)
            case .integer(let value): return .integer(value)
            case .number(let value): return value.isFinite ? .number(value) : .string(text)
            case .text(let value): return .string(value)
            }
        case .sequence(let elements): return .array(elements.map(\.json))
        case .mapping(let members):
            var object = JSONObject()
            for member in members { object.put(member.key.text ?? "", member.value.json) }
            return .object(object)
        }
    }
}
