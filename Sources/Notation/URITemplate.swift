/// Templates of addresses, as `https://example.com/{user}{?page,size}`.
///
/// Source: RFC 6570, section 2, with erratum 6937, by which an apostrophe is a literal.
enum URITemplate {
    static func isValid(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var at = 0
        while at < scalars.count {
            if scalars[at] == "{" {
                guard let end = scalars[at...].firstIndex(of: "}"), isExpression(scalars[(at + 1)..<end])
                else {
                    return false
                }
                at = end + 1
            } else if scalars[at] == "%" {
                guard isEscape(scalars[at...]) else { return false }
                at += 3
            } else {
                guard isLiteral(scalars[at]) else { return false }
                at += 1
            }
        }
        return true
    }

    private static func isLiteral(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else {
            return IRI.isInternational(scalar.value) || IRI.isPrivate(scalar.value)
        }
        return scalar.value > 0x20 && scalar.value < 0x7F && !"\"%<>\\^`{|}".unicodeScalars.contains(scalar)
    }

    private static func isEscape(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        let digits = text.dropFirst().prefix(2)
        return digits.count == 2 && digits.allSatisfy { $0.isASCII && isHexadecimal(UInt8($0.value)) }
    }

    private static func isExpression(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        var rest = text
        if let first = rest.first, "+#./;?&=,!@|".unicodeScalars.contains(first) { rest.removeFirst() }
        return rest.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(isVariable)
    }

    private static func isVariable(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        var name = text
        if name.last == "*" {
            name.removeLast()
        } else if let mark = name.firstIndex(of: ":") {
            let digits = name[(mark + 1)...]
            guard (1...4).contains(digits.count), digits.first != "0",
                digits.allSatisfy({ ("0"..."9").contains($0) })
            else { return false }
            name = name[..<mark]
        }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            var rest = part
            while let first = rest.first {
                if first == "%" {
                    guard isEscape(rest) else { return false }
                    rest = rest.dropFirst(3)
                } else {
                    guard first.isASCII,
                        first == "_" || isDigit(UInt8(first.value)) || isLetter(UInt8(first.value))
                    else { return false }
                    rest = rest.dropFirst()
                }
            }
            return !part.isEmpty
        }
    }
}
