import Digest
import HTTPServer

/// How a body is read and kept, by its content type.
struct ContentKind {
    /// What kind of text it is, whether or not it is kept.
    enum Shape { case json, events, lines, other }

    /// As it was sent; nil where it was not.
    let type: String?
    let shape: Shape
    /// How it is redacted, where it is kept.
    let form: Redactor.Form
}

/// What a head says of its body.
struct BodyHead {
    let kind: ContentKind
    /// `Content-Encoding`, unless it is none.
    var encoding: String?
    /// Whether `Retry-After` is there.
    var asksToWait = false
}

/// Content types that were seen: an app sends few, and each costs some work with texts the first time.
struct ContentKinds {
    private var known: [(hash: UInt64, kind: ContentKind?)] = .init(repeating: (0, nil), count: 64)
    private let unnamed: ContentKind

    init(_ redactor: Redactor) { unnamed = Self.make(nil, redactor) }

    /// Reads what the fields say of the body that follows them.
    mutating func head(_ fields: HTTPFields, _ redactor: Redactor) -> BodyHead {
        var kind: ContentKind?
        var encoding: String?
        var asksToWait = false
        fields.withEachField { name, value in
            switch name.count {
            case 11: asksToWait = asksToWait || Self.isNamed(name, "retry-after")
            case 12:
                if kind == nil, Self.isNamed(name, "content-type") { kind = self.kind(value, redactor) }
            case 16:
                if !value.isEmpty, Self.isNamed(name, "content-encoding") {
                    // Several fields are one list (RFC 9110, 5.2): codings upon codings.
                    let word = String(decoding: value, as: UTF8.self)
                    encoding = encoding.map { $0 + ", " + word } ?? word
                }
            default: break
            }
        }
        if let coding = encoding, coding.lowercased() == "identity" { encoding = nil }
        return BodyHead(kind: kind ?? unnamed, encoding: encoding, asksToWait: asksToWait)
    }

    private static func isNamed(_ name: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
        let letters = word.utf8Start
        // Every sign of these names but the dash has the bit of small letters, as the dash has.
        for index in 0..<name.count where name[index] | 0x20 != letters[index] { return false }
        return true
    }

    private static func isSame(_ text: String, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var text = text
        return text.withUTF8 { text in
            guard text.count == bytes.count else { return false }
            for index in 0..<text.count where text[index] != bytes[index] { return false }
            return true
        }
    }

    private mutating func kind(_ value: UnsafeBufferPointer<UInt8>, _ redactor: Redactor) -> ContentKind {
        let hash = XXHash.xxh3(UnsafeRawBufferPointer(value))
        let place = Int(hash & 63)
        if known[place].hash == hash, let kind = known[place].kind, let type = kind.type,
            Self.isSame(type, value)
        {
            return kind
        }
        let made = Self.make(String(decoding: value, as: UTF8.self), redactor)
        known[place] = (hash, made)
        return made
    }

    private static func make(_ type: String?, _ redactor: Redactor) -> ContentKind {
        let form = redactor.form(of: type)
        guard let type else { return ContentKind(type: nil, shape: .other, form: form) }
        let name = Redactor.mediaType(type)
        let shape: ContentKind.Shape =
            if name == "text/event-stream" {
                .events
            } else if Redactor.isLines(name) {
                .lines
            } else if Redactor.isJSON(name) {
                .json
            } else {
                .other
            }
        return ContentKind(type: type, shape: shape, form: form)
    }
}
