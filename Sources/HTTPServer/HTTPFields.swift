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
        let kind: Kind
    }

    /// On the heap, since every copy of the fields would copy it otherwise.
    private final class Refused: Sendable {
        let error: HTTPServerError
        init(_ error: HTTPServerError) { self.error = error }
    }

    /// `Name: value` CR LF for each field.
    private(set) var wire: [UInt8]
    private(set) var entries: [Field]
    /// The first field that `append` had to refuse; the response that carries it fails.
    var refused: HTTPServerError? { refusedFirst?.error }
    private var refusedFirst: Refused?
    private(set) var present = Kinds()
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

    init(wire: [UInt8], entries: [Field], present: Kinds) {
        self.wire = wire
        self.entries = entries
        self.present = present
        isReceived = true
    }

    /// Why they cannot be written beside a framing of ours; nil where they can.
    var refusal: HTTPServerError? {
        guard refusedFirst == nil, isReceived, present.hasReserved else { return refused }
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
        var (nameCopy, valueCopy) = (name, value)
        let isAdded = nameCopy.withUTF8 { name in valueCopy.withUTF8 { add(name, $0) } }
        if !isAdded, refusedFirst == nil { refusedFirst = Refused(.invalidField(name)) }
    }

    /// Adds a field; false where it is none.
    private mutating func add(
        _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let kind = Kind(name)
        switch kind {
        case .contentLength, .transferEncoding, .date:
            let reserved = HTTPServerError.reservedField(String(decoding: name, as: UTF8.self))
            refusedFirst = refusedFirst ?? Refused(reserved)
            return true
        default: break
        }
        guard !name.isEmpty else { return false }
        for byte in name where !isTokenByte(byte) { return false }
        guard areValueBytes(value) else { return false }
        if kind == .connection {
            // Only closing is a handler's to ask for; the engine writes the field.
            closes = closes || isSame(value, "close")
            return true
        }
        present.insert(kind)
        let start = wire.count
        let valueStart = start + name.count + 2
        let separator: (UInt8, UInt8) = (UInt8(ascii: ":"), UInt8(ascii: " "))
        if entries.isEmpty {
            wire.reserveCapacity(160)
            entries.reserveCapacity(4)
        }
        wire.append(contentsOf: name)
        wire.append(separator.0)
        wire.append(separator.1)
        wire.append(contentsOf: value)
        wire.append(13)
        wire.append(10)
        entries.append(
            Field(
                nameStart: Int32(start), nameEnd: Int32(start + name.count), valueStart: Int32(valueStart),
                valueEnd: Int32(valueStart + value.count), kind: kind))
        return true
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
        let named = present.contains(.connection) ? HopByHop.named(by: self) : []
        wire.withUnsafeBufferPointer { wire in
            entries.withUnsafeBufferPointer { entries in
                // Lines that stay are copied in runs: most messages lose one or two.
                var run = 0
                for index in 0..<entries.count {
                    let entry = entries[index]
                    var ends = HopByHop.ends(entry.kind, kind)
                    for name in named where !ends { ends = matches(entry, name) }
                    for name in removed where !ends { ends = matches(entry, name) }
                    if !ends, !added.entries.isEmpty { ends = added.hasField(named: Self.name(entry, wire)) }
                    guard ends else { continue }
                    out.append(contentsOf: UnsafeBufferPointer(rebasing: wire[run..<Int(entry.nameStart)]))
                    run = index + 1 < entries.count ? Int(entries[index + 1].nameStart) : wire.count
                }
                out.append(contentsOf: UnsafeBufferPointer(rebasing: wire[run...]))
            }
        }
        if !added.wire.isEmpty { out.append(contentsOf: added.wire) }
    }

    private static func name(
        _ entry: Field, _ wire: UnsafeBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: wire[Int(entry.nameStart)..<Int(entry.nameEnd)])
    }

    private func hasField(named name: UnsafeBufferPointer<UInt8>) -> Bool {
        wire.withUnsafeBufferPointer { wire in
            for entry in entries
            where Int(entry.nameEnd - entry.nameStart) == name.count && isSame(Self.name(entry, wire), name) {
                return true
            }
            return false
        }
    }

    func bytes(_ entry: Field) -> ArraySlice<UInt8> { wire[Int(entry.valueStart)..<Int(entry.valueEnd)] }

    func matches(_ entry: Field, _ name: String) -> Bool {
        guard Int(entry.nameEnd - entry.nameStart) == name.utf8.count else { return false }
        var name = name
        return name.withUTF8 { name in wire.withUnsafeBufferPointer { isSame(Self.name(entry, $0), name) } }
    }

    private func value(_ entry: Field) -> String { text(entry.valueStart, entry.valueEnd) }

    private func text(_ start: Int32, _ end: Int32) -> String {
        String(decoding: wire[Int(start)..<Int(end)], as: UTF8.self)
    }
}
