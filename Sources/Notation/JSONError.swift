/// Why a text is not the JSON it should be, and where.
///
/// It never carries the text itself: an answer of an app may hold what must not be printed.
public struct JSONError: Error, Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        case empty
        case truncated
        case textAfterValue
        case expectedValue
        case expectedKey
        case expectedColon
        case expectedComma
        case trailingComma
        case unclosedString
        case controlCharacter
        case unknownEscape
        case loneSurrogate
        case invalidUTF8
        case badNumber
        case numberOutOfRange
        case badWord
        case notFinite
        case tooDeep(limit: Int)
        case tooLarge(limit: Int)
        case outOfMemory
        case repeatedKey
        case longNumber
    }

    public let reason: Reason
    /// Bytes before the place, from 0.
    public let offset: Int
    /// The place as a person counts: line and column from 1, the column in Unicode scalars.
    public let mark: SourceMark

    /// The cause as a sentence without a full stop, for example `the text ends before the value does`.
    public var cause: String {
        switch reason {
        case .empty: "there is no value, only white space or nothing"
        case .truncated: "the text ends before the value does: it is truncated"
        case .textAfterValue: "there is text after the value"
        case .expectedValue: "a value is expected here"
        case .expectedKey: "a key in double quotes is expected here"
        case .expectedColon: "a ':' is expected after the key"
        case .expectedComma: "a ',' or the closing bracket is expected here"
        case .trailingComma: "a ',' stands before the closing bracket"
        case .unclosedString: "the string that begins here is never closed: the text is truncated"
        case .controlCharacter: "a control character stands in a string; write it as an escape"
        case .unknownEscape: "the escape is none that JSON knows"
        case .loneSurrogate: "the escape is half of a surrogate pair: no Unicode text can hold it"
        case .invalidUTF8: "the bytes are not valid UTF-8"
        case .badNumber: "the number is not written as JSON writes numbers"
        case .numberOutOfRange: "the number is beyond the range of a 64-bit floating-point number"
        case .badWord: "the word is none of true, false and null"
        case .notFinite: "NaN and Infinity are no JSON; write null, or leave the member out"
        case .tooDeep(let limit): "arrays and objects are nested more than \(limit) deep"
        case .tooLarge(let limit): "the text is longer than \(limit) bytes"
        case .outOfMemory: "there is not enough memory to read the text"
        case .repeatedKey: "the object has this key already; a value would be lost"
        case .longNumber: "the number has more digits than a 64-bit number holds, and would equal others"
        }
    }

    init(_ reason: Reason, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        self.reason = reason
        self.offset = offset
        self.mark = SourceMark(offset: offset, in: bytes)
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String { "\(mark.line):\(mark.column): \(cause)" }
}

extension SourceMark {
    /// The place of a byte: lines end with a line feed, the column counts Unicode scalars.
    init(offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(line: line, column: column)
    }
}
