import BERT
import Testing

@Suite struct ModelFilesTests {
    @Test func aConfigurationGivesItsSizes() throws {
        let read = try EncoderConfiguration(json: configuration())
        #expect(read.width == 8 && read.layers == 1 && read.heads == 2 && read.headWidth == 4)
        #expect(read.innerWidth == 16 && read.vocabularySize == 10 && read.positions == 12)
        #expect(read.segments == 2 && read.normEpsilon == 1e-12)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let key: String
        let value: (any Sendable)?
        let says: String
        var testDescription: String { "\(key): \(value.map { "\($0)" } ?? "missing")" }
    }

    @Test(arguments: [
        Bad(key: "model_type", value: "roberta", says: "the architecture 'roberta' is not supported"),
        Bad(key: "model_type", value: nil, says: "model_type: is missing"),
        Bad(key: "hidden_act", value: "gelu_new", says: "the activation 'gelu_new' is not supported"),
        Bad(key: "position_embedding_type", value: "relative_key", says: "'relative_key' are not supported"),
        Bad(key: "is_decoder", value: true, says: "is a decoder"),
        Bad(key: "hidden_size", value: nil, says: "hidden_size: is missing"),
        Bad(key: "hidden_size", value: 0, says: "hidden_size: is no whole number from 1"),
        Bad(key: "hidden_size", value: "8", says: "hidden_size: is no whole number"),
        Bad(key: "num_attention_heads", value: 3, says: "8 numbers cannot be shared among 3 heads"),
        Bad(key: "layer_norm_eps", value: -1, says: "layer_norm_eps"),
        Bad(key: "vocab_size", value: 1e30, says: "vocab_size"),
    ])
    func aConfigurationThatCannotBeUsedSaysWhereAndWhy(bad: Bad) throws {
        let bytes = try configuration([bad.key: bad.value])
        let message = problem { _ = try EncoderConfiguration(json: bytes) }
        #expect(
            message?.hasPrefix("config.json: ") == true && message?.contains(bad.says) == true,
            "\(message ?? "")")
        // Place, cause and mend.
        #expect(message?.contains("; ") == true)
    }

    @Test func aFileThatIsNoJSONNamesLineAndColumn() {
        #expect(
            problem { _ = try EncoderConfiguration(json: json("{\n  \"a\": }")) }?.hasPrefix("config.json:2:")
                == true)
        #expect(
            problem { _ = try EncoderConfiguration(json: json("[1]")) }?.contains("not an object") == true)
    }

    @Test(arguments: [
        ("{\"pooling_mode_mean_tokens\": true, \"pooling_mode_cls_token\": false}", Pooling.Rule.mean),
        ("{\"pooling_mode_cls_token\": true}", .cls), ("{\"pooling_mode_max_tokens\": true}", .max),
        ("{\"pooling_mode\": \"mean\"}", .mean), ("{\"pooling_mode\": [\"cls\"]}", .cls),
    ])
    func poolingRulesAreRead(text: String, rule: Pooling.Rule) throws {
        let pooling = try Pooling(json: json(text), place: "1_Pooling/config.json", isNormalised: true)
        #expect(pooling == Pooling(rule: rule, isNormalised: true))
    }

    @Test(arguments: [
        ("{}", "no rule is set"), ("{\"pooling_mode_lasttoken\": true}", "'lasttoken' is not supported"),
        ("{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": true}", "several rules"),
    ])
    func otherPoolingIsRefused(text: String, says: String) {
        let message = problem {
            _ = try Pooling(json: json(text), place: "1_Pooling/config.json", isNormalised: true)
        }
        #expect(message?.contains(says) == true, "\(message ?? "")")
    }

    @Test func stepsOfAModelAreRead() throws {
        func step(_ type: String, _ path: String) -> String {
            "{\"type\": \"\(type)\", \"path\": \"\(path)\"}"
        }
        let prefix = "sentence_transformers.models."
        let transformer = step(prefix + "Transformer", "")
        let pooling = step(prefix + "Pooling", "1_Pooling")
        let scaled = try Pooling.Steps(
            json: json("[\(transformer), \(pooling), \(step(prefix + "Normalize", "2_Normalize"))]"))
        #expect(scaled.poolingFolder == "1_Pooling" && scaled.isNormalised)
        #expect(try !Pooling.Steps(json: json("[\(transformer), \(pooling)]")).isNormalised)
        let dense = "[\(transformer), \(pooling), \(step(prefix + "Dense", "2_Dense"))]"
        #expect(problem { _ = try Pooling.Steps(json: json(dense)) }?.contains("step 3") == true)
        let outside = "[\(transformer), \(step(prefix + "Pooling", "../../etc"))]"
        #expect(problem { _ = try Pooling.Steps(json: json(outside)) }?.contains("leads out") == true)
        #expect(problem { _ = try Pooling.Steps(json: json("{}")) }?.contains("holds no list") == true)
    }

    @Test func tokenizerSettingsAreRead() throws {
        let plain = try TokenizerConfiguration(json: json("{}"))
        #expect(plain.lowerCases && plain.stripsAccents && plain.spacesChinese && plain.longest == nil)
        let text = """
            {"do_lower_case": false, "strip_accents": null, "model_max_length": 512,
             "sep_token": {"content": "</s>"}, "tokenizer_class": "BertTokenizerFast"}
            """
        let cased = try TokenizerConfiguration(json: json(text))
        #expect(
            !cased.lowerCases && !cased.stripsAccents && cased.separator == "</s>" && cased.longest == 512)
        let shorter = try TokenizerConfiguration(
            json: json(text), sentences: json("{\"max_seq_length\": 256}"))
        #expect(shorter.longest == 256)
        let endless = try TokenizerConfiguration(json: json("{\"model_max_length\": 1e30}"))
        #expect(endless.longest == nil)
        let other = problem {
            _ = try TokenizerConfiguration(json: json("{\"tokenizer_class\": \"T5Tokenizer\"}"))
        }
        #expect(other?.contains("'T5Tokenizer' is not supported") == true)
    }

    @Test func aDefaultPromptIsSeen() throws {
        let text = "{\"prompts\": {\"query\": \"query: \"}, \"default_prompt_name\": \"query\"}"
        #expect(try SentencePrompts(json: json(text), file: "c.json").standard == "query: ")
        let none = "{\"prompts\": {\"query\": \"query: \"}, \"default_prompt_name\": null}"
        #expect(try SentencePrompts(json: json(none), file: "c.json").standard == nil)
    }
}
