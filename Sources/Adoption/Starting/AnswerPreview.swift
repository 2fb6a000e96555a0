import Notation

/// An answer's JSON as lines for people: long texts and lists are cut, and what was cut is counted.
public enum AnswerPreview {
    /// - Returns: At most 60 lines, indented by two.
    public static func lines(_ answer: ProbedAnswer) -> [String] {
        guard let body = answer.body else { return ["  " + shown(answer.plainText ?? "", 400)] }
        var lines: [String] = []
        write(body, "  ", "", &lines, 0)
        guard lines.count > 60 else { return lines }
        return Array(lines.prefix(59)) + ["  … \(lines.count - 59) more lines"]
    }

    private static func write(
        _ value: JSONValue, _ indent: String, _ end: String, _ lines: inout [String], _ depth: Int,
        name: String = ""
    ) {
        switch value {
        case .object(let object) where !object.isEmpty && depth < 5:
            if let short = short(value), depth > 0 {
                lines.append(indent + name + short + end)
                return
            }
            lines.append(indent + name + "{")
            let members = Array(object.members.prefix(24))
            for (index, member) in members.enumerated() {
                let isLast = index == object.count - 1
                let key = "\"" + shown(member.key, 60) + "\": "
                write(member.value, indent + "  ", isLast ? "" : ",", &lines, depth + 1, name: key)
            }
            if object.count > members.count {
                lines.append(indent + "  … \(object.count - members.count) more")
            }
            lines.append(indent + "}" + end)
        case .array(let elements) where !elements.isEmpty && depth < 5:
            if let short = short(value) {
                lines.append(indent + name + short + end)
                return
            }
            lines.append(indent + name + "[")
            for (index, element) in elements.prefix(2).enumerated() {
                write(element, indent + "  ", index == elements.count - 1 ? "" : ",", &lines, depth + 1)
            }
            if elements.count > 2 { lines.append(indent + "  … \(elements.count - 2) more") }
            lines.append(indent + "]" + end)
        default: lines.append(indent + name + scalar(value) + end)
        }
    }

    private static func short(_ value: JSONValue) -> String? {
        let text = String(decoding: value.bytes(), as: UTF8.self)
        return text.utf8.count <= 72 ? ProbeReading.shown(text) : nil
    }

    private static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): "\"" + shown(text, 80) + "\""
        case .object(let object): object.isEmpty ? "{}" : "{ … }"
        case .array(let elements): elements.isEmpty ? "[]" : "[ … ]"
        default: String(decoding: value.bytes(), as: UTF8.self)
        }
    }

    private static func shown(_ text: String, _ limit: Int) -> String {
        let line = ProbeReading.shown(text)
        let head = String(line.unicodeScalars.prefix(limit))
        return head.unicodeScalars.count < line.unicodeScalars.count ? head + "…" : head
    }
}
