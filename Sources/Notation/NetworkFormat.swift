/// Addresses and names of the Internet.
enum NetworkFormat {
    /// RFC 2673, section 3.2: four decimal numbers without leading zeros.
    static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return false }
        return parts.allSatisfy { part in
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy(isDigit) else { return false }
            guard part.utf8.count == 1 || part.utf8.first != 0x30, let value = Int(part) else { return false }
            return value <= 255
        }
    }

    /// RFC 4291, section 2.2, without a zone.
    static func isIPv6(_ text: String) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2, !text.contains(":::") else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let last = index == halves.count - 1
            guard let count = groupsOfIPv6(half, mayEndInIPv4: last) else { return false }
            groups += count
        }
        return halves.count == 2 ? groups <= 7 : groups == 8
    }

    private static func groupsOfIPv6(_ text: Substring, mayEndInIPv4: Bool) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups = 0
        for (index, part) in parts.enumerated() {
            if (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexadecimal) {
                groups += 1
            } else if mayEndInIPv4, index == parts.count - 1, isIPv4(part) {
                groups += 2
            } else {
                return nil
            }
        }
        return groups
    }

    /// RFC 5321, section 4.1.2: a local part, dotted or quoted, and a host name or an address in brackets; with
    /// RFC 6531 any character beyond ASCII in both.
    static func isEmail(_ text: String, allowsUnicode: Bool = false) -> Bool {
        guard let at = text.lastIndex(of: "@") else { return false }
        let local = text[..<at]
        let domain = text[text.index(after: at)...]
        guard isLocalPart(local, allowsUnicode) else { return false }
        if domain.hasPrefix("["), domain.hasSuffix("]") {
            let address = domain.dropFirst().dropLast()
            return address.hasPrefix("IPv6:") ? isIPv6(String(address.dropFirst(5))) : isIPv4(address)
        }
        return InternationalName.isValid(String(domain), allowsUnicode: allowsUnicode)
    }

    private static func isLocalPart(_ text: Substring, _ allowsUnicode: Bool) -> Bool {
        guard (1...64).contains(text.utf8.count) else { return false }
        if text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count >= 2 {
            var escaped = false
            for byte in text.utf8.dropFirst().dropLast() {
                guard byte >= 0x20, byte < 0x7F || (byte >= 0x80 && allowsUnicode) else { return false }
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    return false
                }
            }
            return !escaped
        }
        let others = Set("!#$%&'*+-/=?^_`{|}~".utf8)
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.utf8.allSatisfy {
                    isDigit($0) || isLetter($0) || others.contains($0) || ($0 >= 0x80 && allowsUnicode)
                }
        }
    }

    /// RFC 3986: characters, escapes, scheme, user information, host and port; absolute with a scheme.
    /// With RFC 3987 the characters beyond ASCII that it allows.
    static func isURIReference(_ text: String, absolute: Bool, allowsUnicode: Bool = false) -> Bool {
        let allowed = Set("-._~:/?#[]@!$&'()*+,;=%".utf8)
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            guard isDigit(byte) || isLetter(byte) || allowed.contains(byte) || (byte >= 0x80 && allowsUnicode)
            else { return false }
            guard byte == UInt8(ascii: "%") else { continue }
            guard index + 2 < bytes.count, isHexadecimal(bytes[index + 1]), isHexadecimal(bytes[index + 2])
            else {
                return false
            }
        }
        if allowsUnicode, !IRI.isReference(text) { return false }
        let parts = URIReference(text)
        if absolute, parts.scheme == nil { return false }
        if parts.fragment?.contains("#") == true { return false }
        let brackets = { (part: String?) in part?.contains { $0 == "[" || $0 == "]" } ?? false }
        if brackets(parts.path) || brackets(parts.query) || brackets(parts.fragment) { return false }
        if parts.scheme == nil, parts.authority == nil {
            // Else the first segment would read as a scheme.
            let first = parts.path.prefix { $0 != "/" }
            if first.contains(":") { return false }
        }
        return parts.authority.map(isAuthority) ?? true
    }

    private static func isAuthority(_ text: String) -> Bool {
        var rest = text[...]
        if let at = rest.lastIndex(of: "@") {
            let user = rest[..<at]
            if user.contains(where: { $0 == "[" || $0 == "]" || $0 == "@" }) { return false }
            rest = rest[rest.index(after: at)...]
        }
        if rest.hasPrefix("[") {
            guard let close = rest.firstIndex(of: "]") else { return false }
            let address = rest[rest.index(after: rest.startIndex)..<close]
            guard isIPv6(String(address)) || isFutureAddress(address) else { return false }
            rest = rest[rest.index(after: close)...]
        } else {
            let host = rest.prefix { $0 != ":" }
            if host.contains(where: { $0 == "[" || $0 == "]" }) { return false }
            rest = rest.dropFirst(host.count)
        }
        guard rest.hasPrefix(":") else { return rest.isEmpty }
        return rest.dropFirst().utf8.allSatisfy(isDigit)
    }

    /// `v1.…`, RFC 3986, section 3.2.2.
    private static func isFutureAddress(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased().hasPrefix("v"), parts[0].utf8.count >= 2 else {
            return false
        }
        let signs = Set("-._~!$&'()*+,;=:".utf8)
        return parts[0].utf8.dropFirst().allSatisfy(isHexadecimal) && !parts[1].isEmpty
            && parts[1].utf8.allSatisfy { isDigit($0) || isLetter($0) || signs.contains($0) }
    }
}
