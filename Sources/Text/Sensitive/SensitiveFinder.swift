/// Finds what must not be kept in a text: mail addresses, telephone and card numbers, keys, listed names, and
/// what patterns of one's own match.
///
/// Characters that are not seen (zero-width ones, soft hyphens) and full-width forms hide nothing: what they stand in
/// is found whole. It errs on the side of finding. What cannot be known from the text alone is not found: a name on no list, a
/// number without prefix, separators or a word before it that says what it is.
public struct SensitiveFinder: Sendable {
    /// A stretch of text, as UTF-8 offsets.
    public struct Finding: Sendable, Hashable {
        public let kind: SensitiveKind
        public let range: Range<Int>

        public init(kind: SensitiveKind, range: Range<Int>) {
            self.kind = kind
            self.range = range
        }
    }

    private let patterns: [(kind: SensitiveKind, rule: SensitiveRule)]
    private let names: NameFinder?

    /// - Parameters:
    ///   - kinds: Which of the built-in kinds to look for.
    ///   - names: Names of people or firms, one or more words each; see ``NameFinder``.
    ///   - custom: Patterns (PCRE2) by the name under which they are reported.
    /// - Throws: the first pattern that does not compile, by its name.
    public init(
        kinds: [SensitiveKind] = SensitiveKind.usual, names: [String] = [],
        custom: [(name: String, pattern: String)] = []
    ) throws(SensitivePatternProblem) {
        var patterns: [(kind: SensitiveKind, rule: SensitiveRule)] = []
        // The user's own come first: they know what they look for.
        for (name, source) in custom {
            do throws(PatternProblem) {
                patterns.append((.custom(name), SensitiveRule(pattern: try Pattern(source))))
            } catch { throw SensitivePatternProblem(name: name, problem: error) }
        }
        for kind in SensitiveKind.builtIn where kinds.contains(kind) {
            do throws(PatternProblem) {
                for rule in try SensitiveRule.rules(of: kind) { patterns.append((kind, rule)) }
            } catch { throw SensitivePatternProblem(name: kind.word, problem: error) }
        }
        self.patterns = patterns
        self.names = names.isEmpty ? nil : NameFinder(names)
    }

    /// Everything found, in the order of the text and without overlap: an earlier kind claims its stretch first.
    ///
    /// - Throws: `PatternLimit` where a pattern ran too long; the caller must then not keep the text.
    /// - Complexity: linear in the text for the built-in kinds.
    public func findings(in text: String) throws(PatternLimit) -> [Finding] {
        let found = try written(in: text)
        // What is not seen must not hide half of it.
        guard let plain = PlainForm(text) else { return found }
        let seen = try written(in: plain.text).map {
            Finding(kind: $0.kind, range: plain.original($0.range))
        }
        return Self.united(seen, found)
    }

    /// Both, where they overlap as one stretch of the first's kind.
    private static func united(_ first: [Finding], _ second: [Finding]) -> [Finding] {
        var all = first.map { ($0, 0) } + second.map { ($0, 1) }
        all.sort { ($0.0.range.lowerBound, $0.1) < ($1.0.range.lowerBound, $1.1) }
        var out: [(finding: Finding, rank: Int)] = []
        for (finding, rank) in all {
            guard let last = out.last, last.finding.range.overlaps(finding.range) else {
                out.append((finding, rank))
                continue
            }
            let range =
                last.finding.range.lowerBound..<max(last.finding.range.upperBound, finding.range.upperBound)
            let kind = last.rank <= rank ? last.finding.kind : finding.kind
            out[out.count - 1] = (Finding(kind: kind, range: range), min(last.rank, rank))
        }
        return out.map(\.finding)
    }

    private func written(in text: String) throws(PatternLimit) -> [Finding] {
        var found: [Finding] = []
        for (kind, rule) in patterns {
            Self.claim(try rule.ranges(in: text), kind, &found)
        }
        if let names { Self.claim(names.ranges(in: text), .name, &found) }
        return found
    }

    /// The text with every finding replaced.
    ///
    /// - Parameter replacement: What stands for a kind and the text that was found, in its plain form.
    public func replacing(
        in text: String, _ replacement: (SensitiveKind, String) -> String
    ) throws(PatternLimit) -> (text: String, findings: [Finding]) {
        let findings = try findings(in: text)
        guard !findings.isEmpty else { return (text, []) }
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var start = 0
        for finding in findings {
            out += bytes[start..<finding.range.lowerBound]
            let found = String(decoding: bytes[finding.range], as: UTF8.self)
            out += Array(replacement(finding.kind, plainForm(found)).utf8)
            start = finding.range.upperBound
        }
        out += bytes[start...]
        return (String(decoding: out, as: UTF8.self), findings)
    }

    /// Takes the ranges, which ascend, into the findings, which ascend, where nothing claimed them before. Linear.
    private static func claim(_ ranges: [Range<Int>], _ kind: SensitiveKind, _ found: inout [Finding]) {
        guard !ranges.isEmpty else { return }
        var merged: [Finding] = []
        merged.reserveCapacity(found.count + ranges.count)
        var next = 0
        for range in ranges where !range.isEmpty {
            while next < found.count, found[next].range.upperBound <= range.lowerBound {
                merged.append(found[next])
                next += 1
            }
            if next < found.count, found[next].range.overlaps(range) { continue }
            merged.append(Finding(kind: kind, range: range))
        }
        found = merged + found[next...]
    }
}

/// A pattern of the user's that does not compile, or a built-in one that this machine's PCRE2 refuses.
public struct SensitivePatternProblem: Error, Sendable, Hashable {
    public let name: String
    public let problem: PatternProblem
}
