import Digest
import Domain
import Notation
import Text

/// What stands in a prompt's hole.
enum JudgeField {
    /// The policy's own words.
    case words(String)
    /// A text to be judged: fenced.
    case text(String)
    /// Several, each fenced and numbered from 1.
    case texts([String])
    /// A conversation, each turn fenced and numbered from 1.
    case turns([Message])
}

extension JudgePrompt {
    /// The question with everything filled in, one for each vote.
    ///
    /// Texts stand between fences whose word is a digest of all the texts: no text can hold it, since it would have to
    /// hold its own digest, and the same texts give the same question again. Words that look like a fence are broken
    /// up, and characters that do not show are taken out.
    ///
    /// - Parameters:
    ///   - order: Of two answers that are compared.
    ///   - check: Why a verdict of the right form is none all the same.
    ///   - veil: Takes out of the texts what a judge must not see.
    func questions(
        _ metric: String, _ values: [String: JudgeField], from first: Int = 1, votes: Int,
        order: JudgeQuestion.Order? = nil, check: JudgeQuestion.Check? = nil, veil: JudgeVeil
    ) -> [JudgeQuestion] {
        var veil = veil
        let fields = fields.map { ($0, Self.prepared(values[$0] ?? .text(""), &veil)) }
        let tag = Self.tag(identity.digest, fields.map(\.1))
        var system = system
        var shown = ""
        var rest = Substring(user)
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}")
        {
            shown += rest[..<open.lowerBound]
            let name = String(rest[open.upperBound..<close.lowerBound])
            if let field = fields.first(where: { $0.0 == name }) { shown += Self.fenced(field.1, name, tag) }
            rest = rest[close.upperBound...]
        }
        shown += rest
        for (name, field) in fields {
            if case .words(let words) = field { system = system.replacing("{{\(name)}}", with: words) }
        }
        let form = String(decoding: schema.bytes(), as: UTF8.self)
        let messages = [
            Message(
                role: .system,
                content: system + "\n\n" + Self.rules
                    + "\n- The object must be valid by this JSON Schema: " + form),
            Message(role: .user, content: "TAG is \(tag)\n\n" + shown),
        ]
        return (first..<(first + max(1, votes))).map { vote in
            JudgeQuestion(
                metric: metric, prompt: identity, messages: messages, schema: schema, vote: vote,
                order: order, check: check)
        }
    }

    private static func prepared(_ field: JudgeField, _ veil: inout JudgeVeil) -> JudgeField {
        switch field {
        case .words: field
        case .text(let text): .text(defanged(veil.hide(text)))
        case .texts(let texts): .texts(texts.map { defanged(veil.hide($0)) })
        case .turns(let turns):
            .turns(turns.map { Message(role: $0.role, content: defanged(veil.hide($0.content))) })
        }
    }

    private static func tag(_ prompt: String, _ fields: [JudgeField]) -> String {
        var texts: [String] = []
        for field in fields {
            switch field {
            case .words(let words): texts.append(words)
            case .text(let text): texts.append(text)
            case .texts(let all): texts += all
            case .turns(let turns): texts += turns.map { $0.role.rawValue + ":" + $0.content }
            }
        }
        let whole = JSONValue.array((["\(prompt)"] + texts).map { .string($0) })
        var digest = ContentDigest(of: whole.canonicalBytes).hex
        // Whoever finds a text that holds its own digest has earned a second one.
        while texts.contains(where: { $0.contains(digest.prefix(16)) }) {
            digest = ContentDigest(of: digest).hex
        }
        return String(digest.prefix(16))
    }

    private static func fenced(_ field: JudgeField, _ name: String, _ tag: String) -> String {
        func fence(_ name: String, _ text: String) -> String {
            "<data \(tag) \(name)>\n\(text)\n</data \(tag)>"
        }
        switch field {
        case .words(let words): return words
        case .text(let text): return fence(name, text)
        case .texts(let texts):
            if texts.isEmpty { return "(none)" }
            return texts.enumerated().map { fence("\(name) \($0.offset + 1)", $0.element) }
                .joined(separator: "\n")
        case .turns(let turns):
            if turns.isEmpty { return "(none)" }
            return turns.enumerated().map {
                fence("turn \($0.offset + 1) \($0.element.role.rawValue)", $0.element.content)
            }
            .joined(separator: "\n")
        }
    }

    /// A text that cannot be taken for a fence, and hides nothing.
    ///
    /// Control characters but line feed and tab, characters without width that are part of no word, marks that turn the
    /// direction of writing, and the invisible twins of ASCII (U+E0000 to U+E007F, except after the flag they belong to)
    /// are dropped: a reader of the answer does not see them, and a judge must not either.
    static func defanged(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var inFlag = false
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A: out.append(scalar)
            case 0x0D, 0x85, 0x2028, 0x2029: if out.last != "\n" { out.append("\n") }
            case 0x00...0x1F, 0x7F...0x9F: break
            case 0xE0000...0xE007F: if inFlag { out.append(scalar) }
            // Neither seen by a reader nor part of a word: zero-width space, marks of direction, soft hyphen.
            case 0xAD, 0x034F, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F,
                0xFEFF,
                0xFFF9...0xFFFB:
                break
            default: out.append(scalar)
            }
            if scalar.value == 0x1F3F4 {
                inFlag = true
            } else if !(0xE0000...0xE007F).contains(scalar.value) {
                inFlag = false
            }
        }
        var plain = String(out)
        for word in ["data", "Data", "DATA"] {
            plain = plain.replacing("</\(word)", with: "<\\/\(word)").replacing(
                "<\(word) ", with: "<\\\(word) ")
        }
        return plain
    }
}
