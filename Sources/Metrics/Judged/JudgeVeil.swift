import Domain
import Text

/// Takes out of one case's texts what a judge must not see, and leaves to see what is the same.
///
/// Each thing that is found becomes its kind and a number: `[phone 1]`. The same thing has the same number in all texts
/// of a case, another one another, so that a wrong number in an answer still differs from the reference's. Numbers
/// mean nothing beyond their case.
struct JudgeVeil {
    private let sensitive: SensitiveFinder?
    private var numbers: [String: Int] = [:]
    private var counts: [String: Int] = [:]

    /// - Parameter sensitive: nil hides nothing.
    init(_ sensitive: SensitiveFinder?) { self.sensitive = sensitive }

    /// One that has numbered what the texts of a case hold, in an order that no step and no turning of answers changes:
    /// claims that a judge was shown one of its numbers in keep it when their passages are shown.
    init(_ sensitive: SensitiveFinder?, knowing input: MeasureInput) {
        self.init(sensitive)
        guard sensitive != nil else { return }
        let example = input.example
        var texts = [input.answer?.text, example.query].compactMap(\.self)
        texts += example.references + example.context + example.history.map(\.content)
        texts += (input.answer?.documents ?? []).compactMap(\.text)
        for text in texts { _ = hide(text) }
    }

    /// A text as a judge may see it. What cannot be searched to its end is not shown at all.
    mutating func hide(_ text: String) -> String {
        guard let sensitive else { return text }
        do throws(PatternLimit) {
            var veil = self
            let hidden = try sensitive.replacing(in: text) { kind, found in
                veil.placeholder(kind.word, Self.plain(found, kind))
            }.text
            self = veil
            return hidden
        } catch {
            return "[text withheld: it could not be searched for what must not be shown]"
        }
    }

    private mutating func placeholder(_ kind: String, _ found: String) -> String {
        let key = kind + " " + found
        let number = numbers[key] ?? counts[kind, default: 0] + 1
        if numbers[key] == nil {
            numbers[key] = number
            counts[kind] = number
        }
        return "[\(kind) \(number)]"
    }

    /// Ways of writing one number are one number.
    private static func plain(_ found: String, _ kind: SensitiveKind) -> String {
        switch kind {
        case .phone, .card, .account: String(found.lowercased().filter { $0.isLetter || $0.isNumber })
        case .mail: found.lowercased()
        case .address, .key, .name, .custom: found
        }
    }
}
