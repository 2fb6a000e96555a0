/// Writes JSON text into a growing buffer of bytes: whole values, or piece by piece without building them.
///
/// The same calls give the same bytes. Integers are exact; a `Double` has the fewest digits that read back
/// as the same number, and keeps its `.0`. A number that is not finite has no JSON: to write one is a
/// programmer's error and stops the process; `JSONValue.finite` makes null of it where that is meant.
/// The caller closes what it opens and writes a key before each value of an object.
///
///     var writer = JSONWriter()
///     writer.beginObject()
///     writer.member("id", "GD-042")
///     writer.key("scores")
///     writer.beginArray(); writer.number(0.5); writer.endArray()
///     writer.endObject()
///     writer.endLine()
public struct JSONWriter: Sendable {
    public struct Options: Sendable, Hashable {
        /// Two spaces a level and one member a line.
        public let pretty: Bool
        /// Escapes `<`, `>`, `&`, U+2028 and U+2029: the text can stand within an HTML script element.
        public let embeddable: Bool

        public init(pretty: Bool = false, embeddable: Bool = false) {
            self.pretty = pretty
            self.embeddable = embeddable
        }
    }

    public private(set) var bytes: [UInt8] = []
    public let options: Options
    private var depth = 0
    private var needsComma = false
    private var afterKey = false

    public init(options: Options = Options(), reserving capacity: Int = 0) {
        self.options = options
        bytes.reserveCapacity(capacity)
    }

    /// Forgets what was written and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        (depth, needsComma, afterKey) = (0, false, false)
    }

    /// Ends a line after a whole value, as JSON Lines has it.
    public mutating func endLine() {
        bytes.append(0x0A)
        needsComma = false
    }

    public mutating func beginObject() { begin(UInt8(ascii: "{")) }
    public mutating func endObject() { end(UInt8(ascii: "}")) }
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    public mutating func key(_ key: String) {
        separate()
        appendQuoted(key)
        bytes.append(UInt8(ascii: ":"))
        if options.pretty { bytes.append(0x20) }
        afterKey = true
    }

    public mutating func null() { literal("null") }
    public mutating func bool(_ flag: Bool) { literal(flag ? "true" : "false") }

    public mutating func integer(_ value: Int64) {
        separate()
        appendInteger(value, to: &bytes)
        needsComma = true
    }

    public mutating func integer(_ value: Int) { integer(Int64(value)) }

    /// Writes a finite number.
    public mutating func number(_ value: Double) {
        precondition(value.isFinite, "JSON has no number for \(value)")
        separate()
        var text = value.description
        text.withUTF8 { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    public mutating func string(_ text: String) {
        separate()
        appendQuoted(text)
        needsComma = true
    }

    public mutating func member(_ key: String, _ text: String) {
        self.key(key)
        string(text)
    }
    public mutating func member(_ key: String, _ value: Int) {
        self.key(key)
        integer(value)
    }
    public mutating func member(_ key: String, _ value: Double) {
        self.key(key)
        number(value)
    }
    public mutating func member(_ key: String, _ flag: Bool) {
        self.key(key)
        bool(flag)
    }
    public mutating func member(_ key: String, _ value: JSONValue) {
        self.key(key)
        self.value(value)
    }

    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): bool(flag)
        case .integer(let whole): integer(whole)
        case .number(let real): number(real)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.key)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// Appends a value that is JSON text already, as it is; the caller answers for it.
    public mutating func verbatim(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    private mutating func literal(_ text: StaticString) {
        separate()
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        needsComma = true
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        depth += 1
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        depth -= 1
        if options.pretty && needsComma { breakLine() }
        bytes.append(bracket)
        needsComma = true
    }

    /// Writes what stands between the last piece and the next one.
    private mutating func separate() {
        if afterKey {
            afterKey = false
            needsComma = false
            return
        }
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        if options.pretty && depth > 0 { breakLine() }
        needsComma = false
    }

    private mutating func breakLine() {
        bytes.append(0x0A)
        for _ in 0..<depth {
            bytes.append(0x20)
            bytes.append(0x20)
        }
    }

    private mutating func appendQuoted(_ text: String) {
        if options.embeddable {
            appendEmbeddable(text, to: &bytes)
        } else {
            appendQuotedJSON(text, to: &bytes)
        }
    }
}
