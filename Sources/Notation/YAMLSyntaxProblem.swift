import CYAML

extension YAMLProblem {
    /// What libyaml stumbled over, in words for the person who wrote the file.
    init(of parser: yaml_parser_t, in bytes: UnsafeBufferPointer<UInt8>) {
        let problem = parser.problem.map { String(cString: $0) } ?? ""
        let context = parser.context.map { String(cString: $0) } ?? ""
        if parser.error == YAML_MEMORY_ERROR {
            self.init(
                mark: SourceMark(line: 1, column: 1), message: "there is not enough memory to read the file")
            return
        }
        if parser.error == YAML_READER_ERROR {
            let mark = SourceMark(offset: Int(parser.problem_offset), in: bytes)
            self.init(
                mark: mark, message: "a character stands here that YAML does not allow",
                note: "write it as an escape in double quotes")
            return
        }
        let mark = SourceMark(parser.problem_mark)
        let opened = context.isEmpty ? nil : SourceMark(parser.context_mark)
        let words = Self.words(
            problem: problem, context: context, byte: Self.byte(at: parser.problem_mark, in: bytes))
        self.init(
            mark: mark, message: words.message, note: words.note,
            other: words.namesOther && opened != mark ? opened : nil)
    }

    private struct Words {
        let message: String
        var note: String?
        /// Whether the place where the surrounding thing began helps.
        var namesOther = false
    }

    private static func byte(at mark: yaml_mark_t, in bytes: UnsafeBufferPointer<UInt8>) -> UInt8? {
        // libyaml's index counts characters, which are bytes only in ASCII; so walk.
        var remaining = Int(mark.index)
        for byte in bytes where byte & 0xC0 != 0x80 {
            if remaining == 0 { return byte }
            remaining -= 1
        }
        return nil
    }

    private static func words(problem: String, context: String, byte: UInt8?) -> Words {
        switch problem {
        case "found character that cannot start any token":
            return unstartable(byte)
        case "found a tab character where an indentation space is expected",
            "found a tab character that violates indentation":
            return Words(message: "a tab indents this line", note: "YAML is indented with spaces alone")
        case "mapping values are not allowed in this context":
            return Words(
                message: "a ':' stands where no key can be",
                note: "quote the value if it holds ': ', or check the indentation of this line")
        case "block sequence entries are not allowed in this context":
            return Words(
                message: "a '-' begins a list where none can be", note: "put it on a line of its own")
        case "did not find expected key":
            if context == "while parsing a block mapping" {
                return Words(
                    message:
                        "this does not belong to the mapping above: its indentation fits no line, or text "
                        + "follows a closed value",
                    note: "align it with the keys above, or quote the whole value", namesOther: true)
            }
            return Words(message: "a key is expected here", namesOther: true)
        case "did not find expected '-' indicator":
            return Words(
                message: "this line is indented like the list above but does not begin with '-'",
                note: "begin it with '- ' or indent it by less", namesOther: true)
        case "could not find expected ':'":
            return Words(
                message: "a key lacks its ':'", note: "write 'key: value'; a key must stand on one line",
                namesOther: true)
        case "did not find expected ',' or ']'":
            return Words(message: "a ',' or ']' is expected here", note: "close the '['", namesOther: true)
        case "did not find expected ',' or '}'":
            return Words(message: "a ',' or '}' is expected here", note: "close the '{'", namesOther: true)
        case "found unexpected end of stream":
            return Words(
                message: "the file ends within a quoted text", note: "close the quote", namesOther: true)
        case "found unexpected document indicator":
            return Words(
                message: "a document mark ('---' or '...') stands within a quoted text",
                note: "close the quote",
                namesOther: true)
        case "found unknown escape character":
            return Words(
                message: "the escape after '\\' is none that YAML knows",
                note: "write '\\\\' for a backslash, or use single quotes", namesOther: false)
        case "did not find expected node content":
            return Words(message: "a value is expected here", namesOther: true)
        case "did not find expected <document start>":
            return Words(
                message: "text follows the end of the document",
                note: "check the indentation of this line; a file is one mapping")
        case "found undefined tag handle", "found duplicate %YAML directive",
            "found incompatible YAML document":
            return Words(message: "\(problem.dropFirst("found ".count)) is not supported", note: "remove it")
        case "did not find expected comment or line break":
            return Words(
                message: "text follows '|' or '>' on the same line", note: "begin the text on the next line")
        case "did not find expected alphabetic or numeric character":
            return Words(
                message: "'&' or '*' needs a name after it",
                note: "quote the text if it begins with '&' or '*'")
        default:
            let during = context.isEmpty ? "" : ", \(context)"
            return Words(
                message: problem.isEmpty ? "the text is no YAML" : problem + during, namesOther: true)
        }
    }

    private static func unstartable(_ byte: UInt8?) -> Words {
        switch byte {
        case 0x09:
            return Words(message: "a tab stands where spaces must be", note: "indent with spaces alone")
        case let byte? where [0x40, 0x60, 0x25].contains(byte):
            let letter = String(Unicode.Scalar(byte))
            return Words(message: "a value cannot begin with '\(letter)'", note: "put it in quotes")
        default: return Words(message: "a value cannot begin like this", note: "put it in quotes")
        }
    }
}
