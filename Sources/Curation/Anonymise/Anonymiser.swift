import Notation
import Text

/// Puts pseudonyms in the place of what must not be kept, in every text of a row, and counts what it did.
///
/// One value serves all files of a set, so that its report speaks of them all. It holds 20 bytes for each distinct
/// thing found.
public struct Anonymiser: Sendable {
    public struct Options: Sendable {
        /// Texts that are nobody's, such as one's own hotline: letter case and spelling aside.
        public var allowed: [String] = []
        /// Places that are not looked at: pointers in which `*` stands for any name or index.
        public var kept: [String] = []
        /// Whether ids are changed too.
        public var replacesIdentifiers = false

        public init() {}
    }

    /// Why a text could not be searched.
    public struct Problem: Error, Sendable, Hashable {
        public let pointer: String
    }

    public private(set) var report = AnonymiseReport()
    private let finder: SensitiveFinder
    private let pseudonyms: Pseudonyms
    private let allowed: Set<String>
    private let kept: [[String]]
    private let replacesIdentifiers: Bool
    /// Marks of the texts seen, and the text that each pseudonym stands for.
    private var seen: Set<String> = []
    private var owners: [String: String] = [:]

    public init(_ finder: SensitiveFinder, _ pseudonyms: Pseudonyms, _ options: Options = Options()) {
        self.finder = finder
        self.pseudonyms = pseudonyms
        allowed = Set(options.allowed.flatMap { text in Self.spellings(text) })
        kept = options.kept.compactMap { try? JSONPointer($0).tokens }
        replacesIdentifiers = options.replacesIdentifiers
    }

    // MARK: Rows

    /// A row of JSON with its texts replaced; nil where nothing of it was.
    ///
    /// - Parameters:
    ///   - row: Read by `JSONValue.parse` without an error.
    ///   - id: As the row has it, or nil.
    public mutating func row(
        _ row: UnsafeBufferPointer<UInt8>, id: String?, file: String, line: Int
    ) throws(Problem) -> [UInt8]? {
        var found = RowFindings(
            file: file, line: line, id: try id.map { (id) throws(Problem) in try plain(id) })
        let new = try JSONStrings.rewriting(row) { (path, token) throws(Problem) -> String? in
            try take(path, token, &found)
        }
        note(found)
        return new
    }

    /// The cells of a table's row, replaced in place; whether any was.
    public mutating func row(
        _ cells: inout [String], columns: [String], id: String?, file: String, line: Int
    ) throws(Problem) -> Bool {
        var found = RowFindings(
            file: file, line: line, id: try id.map { (id) throws(Problem) in try plain(id) })
        var isChanged = false
        for place in cells.indices {
            let name = place < columns.count ? columns[place] : String(place)
            if let new = try take([name], .string(cells[place]), &found) {
                cells[place] = new
                isChanged = true
            }
        }
        note(found)
        return isChanged
    }

    /// The names of a table's columns: what is found in them is only told.
    public mutating func header(_ columns: [String], file: String, line: Int) throws(Problem) {
        var found = RowFindings(file: file, line: line, id: nil)
        for name in columns { _ = try take([name], .key(name), &found) }
        note(found, isRow: false)
    }

    /// A text by itself, with everything found replaced; nothing is counted.
    public func plain(_ text: String) throws(Problem) -> String {
        try replaced(text, FieldContext([], text: text), pointer: "")?.text ?? text
    }

    // MARK: Texts

    private struct RowFindings {
        let file: String
        let line: Int
        let id: String?
        var places: [AnonymiseReport.Place] = []
        var fields: [String] = []
    }

    private struct Replaced {
        let text: String
        let found: [(kind: SensitiveKind, text: String)]
    }

    private mutating func take(
        _ path: [String], _ token: JSONStrings.Token, _ found: inout RowFindings
    ) throws(Problem) -> String? {
        if isKept(path) { return nil }
        switch token {
        case .key(let name):
            // Most names are known ones, and short.
            guard name.utf8.count > 5 else { return nil }
            guard let hit = try replaced(name, FieldContext([], text: name), pointer: name) else {
                return nil
            }
            try note(hit, path, left: .memberName, &found)
            return nil
        case .number(let digits):
            let context = FieldContext(path, text: digits)
            guard digits.utf8.count > 5,
                let hit = try replaced(digits, context, pointer: JSONPointer(tokens: path).description),
                // Without a name that speaks for it, a number is told where it is a card's by its digits.
                !context.hint.isEmpty || hit.found.contains(where: { $0.kind == .card })
            else { return nil }
            try note(hit, path, left: .number, &found)
            return nil
        case .string(let text):
            let context = FieldContext(path, text: text)
            let pointer = JSONPointer(tokens: path).description
            let subject = context.isPattern ? text.replacing("\\", with: "") : text
            guard let hit = try replaced(subject, context, pointer: pointer) else { return nil }
            if context.isPattern {
                try note(hit, path, left: .pattern, &found)
                return nil
            }
            if context.isIdentifier, !replacesIdentifiers {
                try note(hit, path, left: .identifier, &found)
                return nil
            }
            try note(hit, path, left: nil, &found)
            return hit.text
        }
    }

    private func isKept(_ path: [String]) -> Bool {
        kept.contains { pattern in
            pattern.count <= path.count && zip(pattern, path).allSatisfy { $0 == "*" || $0 == $1 }
        }
    }

    /// Nil where nothing is found that has to go.
    private func replaced(
        _ text: String, _ context: FieldContext, pointer: String
    ) throws(Problem) -> Replaced? {
        // Nothing that is looked for is shorter.
        guard text.utf8.count > 1 else { return nil }
        let subject = context.hint + text
        let lead = context.hint.utf8.count
        var findings: [SensitiveFinder.Finding]
        do throws(PatternLimit) { findings = try finder.findings(in: subject) } catch {
            throw Problem(pointer: pointer)
        }
        // The whole of it goes, whatever part of it a list knows.
        if context.isName, findings.allSatisfy({ $0.kind == .name }), text.contains(where: \.isLetter) {
            findings = [SensitiveFinder.Finding(kind: .name, range: lead..<subject.utf8.count)]
        }
        guard !findings.isEmpty else { return nil }
        let bytes = Array(subject.utf8)
        var pages: [Range<Int>]?
        var out: [UInt8] = []
        var found: [(kind: SensitiveKind, text: String)] = []
        var start = lead
        for finding in findings where finding.range.lowerBound >= lead {
            // Whatever way it is spelt, it is the same person's.
            let word = plainForm(String(decoding: bytes[finding.range], as: UTF8.self))
            if Pseudonyms.isPseudonym(finding.kind, word) || isAllowed(finding.kind, word) { continue }
            if finding.kind == .phone || finding.kind == .card {
                // Digits of an id or of a page's address are no number to call.
                if context.isIdentifier { continue }
                let known = pages ?? PagePaths.ranges(in: subject)
                pages = known
                if known.contains(where: { $0.overlaps(finding.range) }) { continue }
            }
            out += bytes[start..<finding.range.lowerBound]
            out += Array(pseudonyms.pseudonym(finding.kind, of: word).utf8)
            start = finding.range.upperBound
            found.append((finding.kind, word))
        }
        guard !found.isEmpty else { return nil }
        out += bytes[start...]
        return Replaced(text: String(decoding: out, as: UTF8.self), found: found)
    }

    private static let everyKind: [SensitiveKind] = [.mail, .phone, .account, .card, .address, .name, .key]

    /// How a text would be written down under each kind that has spellings.
    private static func spellings(_ text: String) -> [String] {
        let text = plainForm(text)
        return everyKind.map { $0.word + "\n" + Pseudonyms.canonical($0, text) } + ["\n" + text]
    }

    private func isAllowed(_ kind: SensitiveKind, _ text: String) -> Bool {
        guard !allowed.isEmpty else { return false }
        return allowed.contains(kind.word + "\n" + Pseudonyms.canonical(kind, text))
            || allowed.contains("\n" + text)
    }

    // MARK: Counting

    private mutating func note(
        _ hit: Replaced, _ path: [String], left: AnonymiseReport.Left?, _ found: inout RowFindings
    ) throws(Problem) {
        var counts: [String: Int] = [:]
        for (kind, text) in hit.found {
            let word = kind.word
            counts[word, default: 0] += 1
            let mark = pseudonyms.mark(word, of: Pseudonyms.canonical(kind, text))
            guard seen.insert(word + mark).inserted else { continue }
            report.distinct[word, default: 0] += 1
            let pseudonym = Pseudonyms.canonical(kind, pseudonyms.pseudonym(kind, of: text))
            if let owner = owners[word + pseudonym], owner != mark {
                report.shared[word, default: 0] += 1
            } else {
                owners[word + pseudonym] = mark
            }
        }
        var names: [String] = []
        for name in path { names.append(try plain(name)) }
        let pointer = JSONPointer(tokens: names).description
        let general = JSONPointer(tokens: names.map { Int($0) == nil ? $0 : "*" }).description
        for (kind, count) in counts.sorted(by: { $0.key < $1.key }) {
            found.places.append(
                AnonymiseReport.Place(
                    file: found.file, line: found.line, id: found.id, pointer: pointer, kind: kind,
                    count: count, left: left))
            found.fields.append(general)
        }
    }

    private mutating func note(_ found: RowFindings, isRow: Bool = true) {
        if isRow { report.rows += 1 }
        guard !found.places.isEmpty else { return }
        report.affectedRows += 1
        for (place, field) in zip(found.places, found.fields) {
            report.found += place.count
            if place.left != nil { report.left += place.count }
            report.kinds[place.kind, default: 0] += place.count
            // A hostile file may name a new member in every row.
            if report.fields[field] != nil || report.fields.count < 1000 {
                report.fields[field, default: 0] += place.count
            }
            if report.places.count < AnonymiseReport.keptPlaces { report.places.append(place) }
        }
    }
}
