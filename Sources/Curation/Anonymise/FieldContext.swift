import Interchange
import Text

/// What the place of a text says of it: whether it names a thing, is a pattern, or holds a number that a word before
/// it would have made one.
struct FieldContext {
    /// It names an example, a document or a request: what joins it to others is not changed unasked.
    let isIdentifier: Bool
    /// A regular expression: it cannot be changed without a mistake.
    let isPattern: Bool
    /// What is put before the text so that it is found by what its name says: `phone: `.
    let hint: String
    /// Its name says that all of it is somebody's name.
    let isName: Bool

    /// - Parameter path: Names and indices from the row on.
    init(_ path: [String], text: String) {
        let names = path.filter { $0.utf8.first.map { $0 &- 48 >= 10 } ?? false }.map(Self.normal)
        let last = names.last ?? ""
        let column = path.first.flatMap { DatasetField(column: $0) }
        let isGold = column == .goldDocuments || (column == .goldSpans && last != "text")
        let isID = (path.count == 1 && column == .id) || Self.identifiers.contains(last)
        isIdentifier = isGold || isID || last.hasSuffix("_id") || last.hasSuffix("_ids")
        let isElement = column == .required || column == .prohibited
        isPattern = isElement && (last == "regex" || text.utf8.contains(UInt8(ascii: "\\")))
        if Self.phones.contains(last) {
            hint = "phone: "
        } else if Self.secrets.contains(last) {
            hint = "password: "
        } else {
            hint = ""
        }
        isName = Self.people.contains(last)
    }

    /// Lower case, with `_` between words.
    private static func normal(_ name: String) -> String {
        var out: [UInt8] = []
        var afterSmall = false
        for byte in name.utf8 {
            let isCapital = byte &- 65 < 26
            if isCapital, afterSmall { out.append(UInt8(ascii: "_")) }
            afterSmall = byte &- 97 < 26 || byte &- 48 < 10
            let isGap = byte == 32 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            out.append(isGap ? UInt8(ascii: "_") : isCapital ? byte | 32 : byte)
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static let identifiers: Set<String> = [
        "id", "ids", "uuid", "guid", "digest", "hash", "sha", "sha256",
    ]
    private static let phones: Set<String> = [
        "phone", "phone_number", "telephone", "telephone_number", "tel", "mobile", "mobile_number", "cell",
        "cell_phone", "fax", "msisdn", "whatsapp", "telefon", "telefonnummer", "telefono", "teléfono",
        "téléphone", "handy", "movil", "móvil",
    ]
    private static let secrets: Set<String> = [
        "password", "passwd", "pwd", "passphrase", "passwort", "secret", "client_secret", "api_key", "apikey",
        "access_key", "secret_key", "private_key", "access_token", "auth_token", "refresh_token",
        "bearer_token", "authorization",
    ]
    private static let people: Set<String> = [
        "first_name", "last_name", "given_name", "family_name", "surname", "full_name", "customer_name",
        "caller_name", "client_name", "patient_name", "contact_name", "maiden_name", "vorname", "nachname",
    ]
}

/// Where the addresses of pages stand in a text, up to their query: numbers there are the page's, not a person's.
enum PagePaths {
    static func ranges(in text: String) -> [Range<Int>] {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return [] }
        let bytes = Array(text.utf8)
        var out: [Range<Int>] = []
        for scheme in ["http://", "https://"] {
            let sign = Array(scheme.utf8)
            var start = 0
            while start + sign.count <= bytes.count {
                guard bytes[start] | 32 == sign[0], matches(bytes, start, sign) else {
                    start += 1
                    continue
                }
                var end = start + sign.count
                while end < bytes.count, !ends(bytes[end]) { end += 1 }
                out.append(start..<end)
                start = end
            }
        }
        return out
    }

    private static func matches(_ bytes: [UInt8], _ start: Int, _ sign: [UInt8]) -> Bool {
        for (place, byte) in sign.enumerated() where bytes[start + place] | 32 != byte | 32 { return false }
        return true
    }

    private static func ends(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "<")
            || byte == UInt8(ascii: ">")
    }
}
