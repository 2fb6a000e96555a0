/// The fields of a message, in order, with duplicates, as bytes in wire form.
///
/// Lookup by name ignores ASCII case and is linear: messages have a dozen fields. Values are read as UTF-8,
/// with replacement characters where they are not.
public struct HTTPFields: Sendable, ExpressibleByDictionaryLiteral, Sequence {
    struct Field {
        let nameStart: Int32
        let nameEnd: Int32
        let valueStart: Int32
        let valueEnd: Int32
    }

    /// `Name: value` CR LF for each field.
    private(set) var wire: [UInt8]
    private(set) var entries: [Field]
    /// The first field that `append` had to refuse; the response that carries it fails.
    private(set) var refused: HTTPServerError?
    private(set) var closes = false
    /// Whether they came over a connection, whose own fields may be among them.
    private(set) var isReceived = false

    /// No fields.
    public init() {
        wire = []
        entries = []
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        self.init()
        for (name, value) in elements { append(name, value) }
    }

    init(wire: [UInt8], entries: [Field]) {
        self.wire = wire
        self.entries = entries
        isReceived = true
    }

    /// Why they cannot be written beside a framing of ours; nil where they can.
    var refusal: HTTPServerError? {
        guard refused == nil, isReceived else { return refused }
        for name in [
            "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "trailer", "date",
        ]
        where contains(name) { return .reservedField(name) }
        return nil
    }

    public var count: Int { entries.count }

    /// The value of the first field of that name; nil where there is none.
    public subscript(name: String) -> String? {
        for entry in entries where matches(entry, name) { return value(entry) }
        return nil
    }

    /// The values of all fields of that name, in order.
    public func values(of name: String) -> [String] {
        entries.filter { matches($0, name) }.map(value)
    }

    public func contains(_ name: String) -> Bool {
        entries.contains { matches($0, name) }
    }

    /// Adds a field for a response.
    ///
    /// A name that is no token (RFC 9110, 5.6.2) or a value with control characters is not added: the
    /// response that carries these fields then throws ``HTTPServerError/invalidField(_:)``, so that hostile
    /// text in a value cannot split a response. Likewise ``HTTPServerError/reservedField(_:)`` for the fields
    /// that the engine sets.
    public mutating func append(_ name: String, _ value: String) {
        let reserved = ["content-length", "transfer-encoding", "date"]
        if reserved.contains(where: { equalIgnoringCase(name.utf8, $0) }) {
            refused = refused ?? .reservedField(name)
            return
        }
        guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte), value.utf8.allSatisfy(isValueByte) else {
            refused = refused ?? .invalidField(name)
            return
        }
        if equalIgnoringCase(name.utf8, "connection") {
            // Only closing is a handler's to ask for; the engine writes the field.
            closes = closes || equalIgnoringCase(value.utf8, "close")
            return
        }
        let start = Int32(wire.count)
        wire.append(contentsOf: name.utf8)
        let nameEnd = Int32(wire.count)
        wire.append(UInt8(ascii: ":"))
        wire.append(UInt8(ascii: " "))
        let valueStart = Int32(wire.count)
        wire.append(contentsOf: value.utf8)
        let valueEnd = Int32(wire.count)
        wire.append(13)
        wire.append(10)
        entries.append(Field(nameStart: start, nameEnd: nameEnd, valueStart: valueStart, valueEnd: valueEnd))
    }

    public func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var index = 0
        return AnyIterator {
            guard index < entries.count else { return nil }
            defer { index += 1 }
            let entry = entries[index]
            return (text(entry.nameStart, entry.nameEnd), value(entry))
        }
    }

    /// Writes what may be passed on, in wire form: without the fields of the connection and those that
    /// `Connection` names, without `removed` and without what `added` brings anew; then `added`.
    func forward(
        as kind: HopByHop.Kind, removing removed: [String], adding added: HTTPFields,
        into out: inout [UInt8]
    ) {
        let named = HopByHop.named(by: self)
        // Lines that stay are copied in runs: most messages lose one or two.
        var run = 0
        for (index, entry) in entries.enumerated() {
            let ends =
                HopByHop.ends(self, entry, kind)
                || named.contains { matches(entry, $0) } || removed.contains { matches(entry, $0) }
                || added.entries.contains { added.haveSameName($0, self, entry) }
            guard ends else { continue }
            out.append(contentsOf: wire[run..<Int(entry.nameStart)])
            run = index + 1 < entries.count ? Int(entries[index + 1].nameStart) : wire.count
        }
        out.append(contentsOf: wire[run...])
        out.append(contentsOf: added.wire)
    }

    private func haveSameName(_ entry: Field, _ other: HTTPFields, _ otherEntry: Field) -> Bool {
        let name = wire[Int(entry.nameStart)..<Int(entry.nameEnd)]
        let otherName = other.wire[Int(otherEntry.nameStart)..<Int(otherEntry.nameEnd)]
        return name.count == otherName.count
            && zip(name, otherName).allSatisfy { lowercased($0) == lowercased($1) }
    }

    func bytes(_ entry: Field) -> ArraySlice<UInt8> { wire[Int(entry.valueStart)..<Int(entry.valueEnd)] }

    func matches(_ entry: Field, _ name: String) -> Bool {
        guard Int(entry.nameEnd - entry.nameStart) == name.utf8.count else { return false }
        var at = Int(entry.nameStart)
        for byte in name.utf8 {
            if lowercased(wire[at]) != lowercased(byte) { return false }
            at += 1
        }
        return true
    }

    private func value(_ entry: Field) -> String { text(entry.valueStart, entry.valueEnd) }

    private func text(_ start: Int32, _ end: Int32) -> String {
        String(decoding: wire[Int(start)..<Int(end)], as: UTF8.self)
    }
}
