import Domain

/// Forms in several parts (RFC 7578): texts are redacted, files are left out.
enum MultipartText {
    /// The boundary in a content type; nil where it has none.
    static func boundary(of type: String) -> [UInt8]? {
        // Parameters keep their case.
        for part in type.split(separator: ";").dropFirst() {
            let trimmed = part.drop { $0 == " " || $0 == "\t" }
            guard trimmed.lowercased().hasPrefix("boundary=") else { continue }
            var value = trimmed.dropFirst(9)
            if value.hasPrefix("\""), let end = value.dropFirst().firstIndex(of: "\"") {
                value = value[value.index(after: value.startIndex)..<end]
            }
            while value.hasSuffix(" ") { value = value.dropLast() }
            return (1...70).contains(value.utf8.count) ? Array(value.utf8) : nil
        }
        return nil
    }

    /// The body with each part redacted; a file, and what is no text, becomes its length.
    ///
    /// - Throws: `Unredactable` where no part begins.
    static func redacted(
        _ bytes: [UInt8], boundary: [UInt8], parameters: Set<String>, by redactor: Redactor
    ) throws(Redactor.Unredactable) -> [UInt8] {
        let line = Array("--".utf8) + boundary
        guard var place = ByteSearch.first(line, in: bytes) else { throw Redactor.Unredactable() }
        var out: [UInt8] = []
        while true {
            let start = place + line.count
            out += line
            if bytes[start...].starts(with: Array("--".utf8)) {
                out += Array("--\r\n".utf8)
                return out
            }
            let next = ByteSearch.first(Array("\r\n".utf8) + line, in: bytes, from: start)
            try append(bytes[start..<(next ?? bytes.count)], parameters, redactor, &out)
            guard let next else { return out }
            out += Array("\r\n".utf8)
            place = next + 2
        }
    }

    private static func append(
        _ part: ArraySlice<UInt8>, _ parameters: Set<String>, _ redactor: Redactor, _ out: inout [UInt8]
    ) throws(Redactor.Unredactable) {
        let bytes = Array(part)
        let gap = Array("\r\n\r\n".utf8)
        guard let end = ByteSearch.first(gap, in: bytes) else { return }
        let head = Array(bytes[..<(end + 4)])
        let value = Array(bytes[(end + 4)...])
        let words = String(decoding: head, as: UTF8.self).lowercased()
        out += try redactor.found(in: head) ?? head
        let isFile =
            words.contains("filename") || (words.contains("content-type:") && !words.contains("text/"))
        let name = parameter("name", in: words)
        if isFile || ByteSearch.contains(value, byte: 0) || String(validating: value, as: UTF8.self) == nil {
            out += Array("<\(value.count) bytes left out>".utf8)
        } else if parameters.contains(name)
            || SecretNames.hides(name.utf8, valueLength: value.count, hasSpace: value.contains(0x20))
        {
            out += Redactor.mark
        } else {
            out += try redactor.found(in: value) ?? value
        }
    }

    /// A parameter of `Content-Disposition`, quoted or not; empty where there is none.
    private static func parameter(_ name: String, in words: String) -> String {
        for line in words.split(separator: "\r\n") where line.hasPrefix("content-disposition:") {
            for part in line.split(separator: ";").dropFirst() {
                let trimmed = part.drop { $0 == " " || $0 == "\t" }
                guard trimmed.hasPrefix(name) else { continue }
                let rest = trimmed.dropFirst(name.count).drop { $0 == " " || $0 == "\t" || $0 == "*" }
                guard rest.first == "=" else { continue }
                return String(rest.dropFirst().filter { $0 != "\"" && $0 != " " && $0 != "\t" })
            }
        }
        return ""
    }
}
