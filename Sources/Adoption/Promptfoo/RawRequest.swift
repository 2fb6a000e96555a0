import Notation

/// A raw HTTP request as text.
struct RawRequest {
    let method: String
    let target: String
    let host: String
    let headers: JSONObject
    let body: String

    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasSuffix("\r") ? String(line.dropLast()) : String(line)
        }
        guard let first = lines.first else { return nil }
        let words = first.split(separator: " ").map(String.init)
        guard words.count >= 2, words[0].allSatisfy({ $0.isUppercase }) else { return nil }
        var headers = JSONObject()
        var host = ""
        var index = 1
        while index < lines.count, !PromptfooCSV.trimmed(lines[index]).isEmpty {
            guard let colon = lines[index].firstIndex(of: ":") else { return nil }
            let name = PromptfooCSV.trimmed(String(lines[index][..<colon]))
            let value = PromptfooCSV.trimmed(String(lines[index][lines[index].index(after: colon)...]))
            if name.lowercased() == "host" { host = value } else { headers[name] = .string(value) }
            index += 1
        }
        method = words[0]
        target = words[1]
        self.host = host
        self.headers = headers
        body = PromptfooCSV.trimmed(lines.dropFirst(index).joined(separator: "\n"))
    }
}
