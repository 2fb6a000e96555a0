import Digest
import Domain
import HTTPServer
import Notation
import Text

/// Takes out of live traffic what must not be kept.
///
/// Headers, queries, forms, JSON and texts: what the rules name by place, what credentials stand in, and what looks like
/// a mail address, a telephone or card number, an account or a key. In place of a value stands `<redacted>`, in place
/// of what was found by its looks `<redacted mail>` and the like.
struct Redactor: Sendable {
    /// A text that cannot be redacted must not be kept.
    struct Unredactable: Error {}

    static let mark = Array("<redacted>".utf8)
    /// Bytes at the end of a cut text that are let go: what begins there may be part of what would have been found.
    static let edge = 256

    private let finder: SensitiveFinder?
    /// Whether patterns are looked for of which the hint knows nothing.
    private let asksAlways: Bool
    private let headers: Set<String>
    private let parameters: Set<String>
    let pointers: [[String]]
    private let contentTypes: [String]
    private let seed = UInt64.random(in: .min ... .max)

    init(_ rules: CaptureRules) throws(RecorderProblem) {
        var kinds: [SensitiveKind] = []
        for word in rules.redactedKinds {
            guard let kind = SensitiveKind.builtIn.first(where: { $0.word == word }) else {
                let known = SensitiveKind.builtIn.map(\.word).joined(separator: ", ")
                throw RecorderProblem("'\(word)' is nothing that can be looked for; there are \(known)")
            }
            kinds.append(kind)
        }
        let custom = rules.redactedPatterns.map { (name: $0.name, pattern: $0.value) }
        do throws(SensitivePatternProblem) {
            finder =
                kinds.isEmpty && custom.isEmpty ? nil : try SensitiveFinder(kinds: kinds, custom: custom)
        } catch {
            throw RecorderProblem("the pattern '\(error.name)' does not compile: \(error.problem)")
        }
        asksAlways = !custom.isEmpty || kinds.contains(.address)
        headers = SecretNames.headers.union(rules.redactedHeaders.map { $0.lowercased() })
        parameters = Set(rules.redactedParameters.map { $0.lowercased() })
        pointers = rules.redactedPointers.map(\.tokens)
        contentTypes = rules.contentTypes.map { $0.lowercased() }
    }

    // MARK: - Texts

    private func maybe(_ bytes: UnsafeBufferPointer<UInt8>, _ form: SensitiveHint.Form = .plain) -> Bool {
        finder != nil && (asksAlways || SensitiveHint.maybe(bytes, as: form))
    }

    /// The text without what is found in it; nil where nothing is. What is no UTF-8 becomes U+FFFD where something is
    /// found.
    func found(in bytes: UnsafeBufferPointer<UInt8>) throws(Unredactable) -> [UInt8]? {
        guard maybe(bytes), let finder else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(PatternLimit) {
            let (clean, findings) = try finder.replacing(in: text) { kind, _ in "<redacted \(kind.word)>" }
            return findings.isEmpty ? nil : Array(clean.utf8)
        } catch { throw Unredactable() }
    }

    func found(in bytes: [UInt8]) throws(Unredactable) -> [UInt8]? {
        try bytes.withUnsafeBufferPointer { (bytes) throws(Unredactable) in try found(in: bytes) }
    }

    // MARK: - Heads

    /// Values that were looked at and hold nothing: most come again with every request.
    struct CleanValues {
        private var hashes = [UInt64](repeating: 0, count: 4096)
        /// Names of headers behind which no value is a secret for its name.
        private var names = [UInt64](repeating: 0, count: 256)

        func knowsName(_ hash: UInt64) -> Bool { names[Int(hash & 255)] == hash }
        mutating func insertName(_ hash: UInt64) { names[Int(hash & 255)] = hash }

        func contains(_ hash: UInt64) -> Bool { hashes[Int(hash & 4095)] == hash }
        mutating func insert(_ hash: UInt64) { hashes[Int(hash & 4095)] = hash }
    }

    /// Appends the fields in wire form, redacted.
    func append(_ fields: HTTPFields, to out: inout [UInt8], knowing clean: inout CleanValues) {
        fields.withEachField { name, value in
            out.append(contentsOf: name)
            out.append(UInt8(ascii: ":"))
            out.append(UInt8(ascii: " "))
            appendValue(value, of: name, to: &out, knowing: &clean)
            out.append(13)
            out.append(10)
        }
    }

    private func appendValue(
        _ value: UnsafeBufferPointer<UInt8>, of name: UnsafeBufferPointer<UInt8>, to out: inout [UInt8],
        knowing clean: inout CleanValues
    ) {
        let nameHash = XXHash.xxh3(UnsafeRawBufferPointer(name), seed: seed)
        let hash = XXHash.xxh3(UnsafeRawBufferPointer(value), seed: nameHash)
        if clean.contains(hash) { return out.append(contentsOf: value) }
        if !clean.knowsName(nameHash), isSecretHeader(name, value, nameHash, &clean) {
            return out.append(contentsOf: Self.mark)
        }
        do throws(Unredactable) {
            if let clean = try found(in: value) { return out.append(contentsOf: clean) }
        } catch { return out.append(contentsOf: Self.mark) }
        clean.insert(hash)
        out.append(contentsOf: value)
    }

    private func isSecretHeader(
        _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, _ hash: UInt64,
        _ clean: inout CleanValues
    ) -> Bool {
        if headers.contains(String(decoding: name, as: UTF8.self).lowercased()) { return true }
        guard SecretNames.hides(name, valueLength: .max, hasSpace: false) else {
            clean.insertName(hash)
            return false
        }
        return SecretNames.hides(name, valueLength: value.count, hasSpace: value.contains(0x20))
    }

    /// The path and query of a target, redacted; the query nil where there is none.
    func target(_ target: String, knowing clean: inout CleanValues) -> (path: [UInt8], query: [UInt8]?) {
        let bytes = Array(target.utf8)
        let hash = XXHash.xxh3(bytes, seed: seed ^ 1)
        let mark = bytes.firstIndex(of: UInt8(ascii: "?"))
        if clean.contains(hash) {
            return (Array(bytes[..<(mark ?? bytes.count)]), mark.map { Array(bytes[($0 + 1)...]) })
        }
        var path: [UInt8] = []
        var isClean = true
        for (index, segment) in bytes[..<(mark ?? bytes.count)].split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false
        ).enumerated() {
            if index > 0 { path.append(UInt8(ascii: "/")) }
            if isSensitive(PercentText.decoded(segment, plusIsSpace: false)) {
                path += Self.mark
                isClean = false
            } else {
                path += segment
            }
        }
        guard let mark else {
            if isClean { clean.insert(hash) }
            return (path, nil)
        }
        let query = form(bytes[(mark + 1)...])
        if isClean, query == nil { clean.insert(hash) }
        return (path, query ?? Array(bytes[(mark + 1)...]))
    }

    /// A query or form without the values that may not be kept; nil where all of them may.
    func form(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        var isChanged = false
        for (index, pair) in bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
            .enumerated()
        {
            if index > 0 { out.append(UInt8(ascii: "&")) }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = PercentText.decoded(pair[..<equals], plusIsSpace: true)
            let value = equals < pair.endIndex ? pair[(equals + 1)...] : []
            let plain = PercentText.decoded(value, plusIsSpace: true)
            let isNamed =
                parameters.contains(String(decoding: name, as: UTF8.self).lowercased())
                || SecretNames.hides(name, valueLength: plain.count, hasSpace: plain.contains(0x20))
            // What has no `=` is a value as well.
            let isWhole = equals == pair.endIndex
            if (isNamed && !value.isEmpty) || isSensitive(plain) || (isWhole && isSensitive(name)) {
                if !isWhole { out += pair[...equals] }
                out += Self.mark
                isChanged = true
            } else {
                out += pair
            }
        }
        return isChanged ? out : nil
    }

    private func isSensitive(_ bytes: [UInt8]) -> Bool {
        do throws(Unredactable) { return try found(in: bytes) != nil } catch { return true }
    }

    // MARK: - Bodies

    /// How a body is read, by its content type.
    enum Form { case json, form, multipart(boundary: [UInt8]), events, lines, text, notKept }

    /// - Parameter type: `Content-Type` as it was sent; nil where it was not: then nothing is known of the body, and it
    ///   is read as text where the rules keep texts.
    func form(of type: String?) -> Form {
        guard let type else { return keeps("text/plain") ? .text : .notKept }
        let name = Self.mediaType(type)
        guard keeps(name), Self.isReadable(type) else { return .notKept }
        if name == "text/event-stream" { return .events }
        if Self.isLines(name) { return .lines }
        if Self.isJSON(name) { return .json }
        if name == "application/x-www-form-urlencoded" { return .form }
        if name.hasPrefix("multipart/") {
            return MultipartText.boundary(of: type).map { .multipart(boundary: $0) } ?? .notKept
        }
        return .text
    }

    /// The type without its parameters, in small letters.
    static func mediaType(_ type: String) -> String {
        let name = type.utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != 0x20 && $0 != 0x09 }
        return String(decoding: name, as: UTF8.self).lowercased()
    }

    /// Whether a text of that type has its ASCII where one looks for it: of UTF-16 and its like nothing would be found.
    private static func isReadable(_ type: String) -> Bool {
        for part in type.lowercased().split(separator: ";").dropFirst() {
            let word = part.filter { $0 != " " && $0 != "\t" && $0 != "\"" && $0 != "'" }
            guard word.hasPrefix("charset=") else { continue }
            let name = word.dropFirst(8)
            let isKnown =
                ["utf-8", "utf8", "us-ascii", "ascii"].contains(name) || name.hasPrefix("iso-8859-")
                || name.hasPrefix("windows-125") || name == "latin1"
            if !isKnown { return false }
        }
        return true
    }

    /// Whether a text begins as an object or array of JSON does.
    static func looksLikeJSON(_ bytes: [UInt8]) -> Bool {
        let first = bytes.first { $0 > 0x20 }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    /// Whether a media type is JSON, several values one behind the other.
    static func isLines(_ name: String) -> Bool {
        [
            "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines",
            "application/json-seq",
        ]
        .contains(name)
    }

    static func isJSON(_ name: String) -> Bool { name == "application/json" || name.hasSuffix("+json") }

    private func keeps(_ name: String) -> Bool {
        for kept in contentTypes {
            if kept == "*/*" || kept == name { return true }
            if kept.hasSuffix("/*"), name.hasPrefix(kept.dropLast()) { return true }
            if kept == "application/json", Self.isJSON(name) { return true }
        }
        return false
    }

    /// A body of that form, redacted.
    ///
    /// JSON is known by its beginning as well: `curl -d` calls it a form, and some apps a text.
    func body(_ bytes: [UInt8], as form: Form) throws(Unredactable) -> [UInt8] {
        // No text holds this byte: something coded, packed, or in two bytes a letter, in which nothing would be found.
        if finder != nil || !pointers.isEmpty, ByteSearch.contains(bytes, byte: 0) {
            guard case .multipart = form else { throw Unredactable() }
        }
        switch form {
        case .json, .lines: return try json(bytes)
        case .form:
            let clean = Self.looksLikeJSON(bytes) ? try json(bytes) : bytes
            return self.form(clean[...]) ?? clean
        case .multipart(let boundary):
            return try MultipartText.redacted(bytes, boundary: boundary, parameters: parameters, by: self)
        case .events:
            let clean = try events(bytes)
            return try found(in: clean) ?? clean
        case .text, .notKept:
            return Self.looksLikeJSON(bytes) ? try json(bytes) : try found(in: bytes) ?? bytes
        }
    }

    /// Events, the JSON in their data redacted.
    private func events(_ bytes: [UInt8]) throws(Unredactable) -> [UInt8] {
        let start = Array("data:".utf8)
        guard ByteSearch.contains(bytes, "data:", pivot: 4) else { return bytes }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            if index > 0 { out.append(10) }
            let data = line.dropFirst(start.count)
            guard line.starts(with: start), Self.looksLikeJSON(Array(data.prefix(64))) else {
                out += line
                continue
            }
            out += start
            out += try json(Array(data))
        }
        return out
    }

    /// JSON, one value or several, whole or cut.
    func json(_ bytes: [UInt8]) throws(Unredactable) -> [UInt8] {
        try bytes.withUnsafeBufferPointer { (buffer) throws(Unredactable) in
            // The hint knows the words behind which secrets stand as well.
            if pointers.isEmpty, !asksAlways, !SensitiveHint.maybe(buffer, as: .json) { return bytes }
            var walk = JSONRedaction(buffer, self)
            return try walk.run()
        }
    }

}
