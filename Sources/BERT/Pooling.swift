import Notation

/// How the vectors of tokens become the one of a text, from `modules.json` and `1_Pooling/config.json`.
public struct Pooling: Sendable, Hashable {
    public enum Rule: String, Sendable, Hashable {
        /// The mean over all tokens, `[CLS]` and `[SEP]` included.
        case mean
        /// The vector of `[CLS]`.
        case cls
        /// The largest value of each component.
        case max
    }

    public let rule: Rule
    /// Whether the vector is scaled to length 1.
    public let isNormalised: Bool

    public init(rule: Rule, isNormalised: Bool) {
        self.rule = rule
        self.isNormalised = isNormalised
    }

    /// What a folder without `modules.json` gets, as sentence-transformers has it.
    public static let standard = Pooling(rule: .mean, isNormalised: false)

    /// The steps of a `modules.json`: where the pooling's own configuration lies, and whether vectors are scaled.
    public struct Steps: Sendable, Hashable {
        /// The folder of the pooling's `config.json`; nil where no step pools.
        public let poolingFolder: String?
        public let isNormalised: Bool

        static let file = "modules.json"

        /// - Throws: where a step is of another kind than transformer, pooling and normalising.
        public init(json: [UInt8]) throws(ModelProblem) {
            let file = Self.file
            let parsed: JSONValue
            do throws(JSONError) { parsed = try JSONValue.parse(json) } catch {
                throw ModelProblem(
                    "\(file):\(error.mark.line):\(error.mark.column)", error.cause,
                    mend: "copy the model's folder anew")
            }
            guard let modules = parsed.arrayValue else {
                throw ModelProblem(file, "holds no list", mend: "copy the model's folder anew")
            }
            var folder: String?
            var isNormalised = false
            for (index, module) in modules.enumerated() {
                let type = module["type"]?.stringValue ?? ""
                let kind = type.split(separator: ".").last ?? ""
                switch kind {
                case "Transformer" where index == 0: break
                case "Pooling" where folder == nil && !isNormalised:
                    folder = module["path"]?.stringValue ?? "1_Pooling"
                case "Normalize" where folder != nil: isNormalised = true
                default:
                    throw ModelProblem(
                        "\(file): step \(index + 1)", "the step '\(type)' is not supported here",
                        mend: "use a model whose steps are Transformer, Pooling and Normalize, in that order")
                }
            }
            // The path is joined to the folder's: it must not lead out of it.
            if let path = folder, path.hasPrefix("/") || path.split(separator: "/").contains("..") {
                throw ModelProblem(
                    "\(file): path", "'\(path)' leads out of the folder",
                    mend: "copy the model's folder anew")
            }
            poolingFolder = folder
            self.isNormalised = isNormalised
        }
    }

    /// - Parameters:
    ///   - json: The pooling's `config.json`.
    ///   - place: The file as messages name it.
    /// - Throws: where several rules, none, or one that is not known are set.
    public init(json: [UInt8], place: String, isNormalised: Bool) throws(ModelProblem) {
        let config = try ModelJSON(json, file: place)
        var set: [String] = []
        if let mode = config.value("pooling_mode") {
            set = mode.stringValue.map { [$0] } ?? (mode.arrayValue ?? []).compactMap(\.stringValue)
        } else {
            for member in config.object.members
            where member.key.hasPrefix("pooling_mode_") && member.value.boolValue == true {
                set.append(String(member.key.dropFirst("pooling_mode_".count)))
            }
        }
        let mend = "use a model that pools by mean, by cls or by max"
        guard set.count == 1 else {
            let cause =
                set.isEmpty ? "no rule is set" : "several rules are set: \(set.joined(separator: ", "))"
            throw config.problem("pooling_mode", cause, mend: mend)
        }
        switch set[0] {
        case "mean", "mean_tokens": rule = .mean
        case "cls", "cls_token": rule = .cls
        case "max", "max_tokens": rule = .max
        default:
            throw config.problem("pooling_mode", "the rule '\(set[0])' is not supported", mend: mend)
        }
        self.isNormalised = isNormalised
    }
}
