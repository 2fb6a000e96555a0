/// What an upstream is told of the client behind this hop, and of the hop: `X-Forwarded-For`, `X-Forwarded-Proto`,
/// `Forwarded` (RFC 7239), `Via` (RFC 9110, 7.6.3).
///
/// One object a plan; each request appends some bytes.
public final class Forwarding: Sendable {
    /// What becomes of what the client sent.
    public enum Client: Sendable {
        /// The address behind it, in one line; the scheme where none came.
        case append
        /// It is dropped.
        case replace
        /// It is passed on, and nothing added.
        case keep
    }

    let client: Client
    private let scheme: String
    private let schemeLine: [UInt8]
    private let isStandard: Bool
    private let viaLine: [UInt8]

    /// - Parameters:
    ///   - isSecure: Whether clients speak TLS with this server.
    ///   - standard: Whether `Forwarded` says it too; several lines of it are one list.
    ///   - via: This hop's name; nil for no `Via`.
    public init(_ client: Client, isSecure: Bool, standard: Bool = false, via: String? = nil) {
        self.client = client
        scheme = isSecure ? "https" : "http"
        schemeLine = Array("X-Forwarded-Proto: \(scheme)\r\n".utf8)
        isStandard = standard
        viaLine = via.map { Array("Via: 1.1 \($0)\r\n".utf8) } ?? []
    }

    /// - Parameters:
    ///   - address: The client's; empty where it has none.
    ///   - fields: As they came.
    func append(_ address: String, _ fields: HTTPFields, to out: inout [UInt8]) {
        if client != .keep {
            let came = client == .append && fields.present.contains(.forwardedFor)
            if came || !address.isEmpty {
                ResponseEncoder.append("X-Forwarded-For: ", to: &out)
                if came { appendCame(fields, isMore: !address.isEmpty, to: &out) }
                ResponseEncoder.append(address, to: &out)
                ResponseEncoder.append("\r\n", to: &out)
            }
            if client == .replace || !fields.present.contains(.forwardedProto) {
                out.append(contentsOf: schemeLine)
            }
        }
        if isStandard {
            // An address of version 6 stands in brackets, and those in quotes.
            let isSix = address.utf8.contains(UInt8(ascii: ":"))
            let name = address.isEmpty ? "unknown" : isSix ? "\"[\(address)]\"" : address
            ResponseEncoder.append("Forwarded: for=\(name);proto=\(scheme)\r\n", to: &out)
        }
        if !viaLine.isEmpty { out.append(contentsOf: viaLine) }
    }

    /// The values of all lines that came, in one: who reads the first line alone would read what a client wrote.
    private func appendCame(_ fields: HTTPFields, isMore: Bool, to out: inout [UInt8]) {
        var isFirst = true
        for entry in fields.entries where entry.kind == .forwardedFor {
            if !isFirst { ResponseEncoder.append(", ", to: &out) }
            isFirst = false
            out.append(contentsOf: fields.bytes(entry))
        }
        if isMore { ResponseEncoder.append(", ", to: &out) }
    }
}
