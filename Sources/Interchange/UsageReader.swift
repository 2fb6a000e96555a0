import Domain
import Notation

/// Reads tokens and cost in the shapes that the known APIs give them.
///
/// Each token is counted once. OpenAI, Gemini, Mistral and Together count cached tokens within the input
/// tokens; Anthropic and Bedrock count them beside, so there they are added. Thinking that an API counts
/// beside the output (Gemini) is output. Sources: the providers' API references for usage, and recorded
/// responses of each.
public enum UsageReader {
    /// Why a usage cannot be read: a sentence without a full stop.
    public struct Problem: Error, Sendable, Hashable { public let cause: String }

    public static func read(_ value: JSONValue) throws(Problem) -> Usage {
        guard case .object(let object) = value else {
            throw Problem(cause: "the usage is \(withArticle(value.typeName)), not an object")
        }
        // Cohere puts what was processed in `tokens`, what is paid in `billed_units`.
        if case .object(let inner)? = object["tokens"] ?? object["billed_units"] {
            var usage = try Reading(inner).usage()
            usage.cachedInputTokens = usage.cachedInputTokens ?? object["cached_tokens"]?.intValue
            return usage
        }
        return try Reading(object).usage()
    }

    private struct Reading {
        let object: JSONObject

        init(_ object: JSONObject) { self.object = object }

        func usage() throws(Problem) -> Usage {
            var usage = Usage()
            usage.inputTokens = try first([
                "input_tokens", "prompt_tokens", "promptTokenCount", "total_input_tokens", "inputTokens",
                "prompt_eval_count", "input", "prompt",
            ])
            usage.outputTokens = try first([
                "output_tokens", "completion_tokens", "candidatesTokenCount", "total_output_tokens",
                "outputTokens",
                "eval_count", "output", "completion",
            ])
            usage.cachedInputTokens = try first([
                "cached_input_tokens", "cached_tokens", "cachedContentTokenCount", "total_cached_tokens",
                "prompt_cache_hit_tokens", "num_cached_tokens", "cached_input", "cached",
            ])
            for details in ["prompt_tokens_details", "input_tokens_details"]
            where usage.cachedInputTokens == nil {
                guard case .object(let inner)? = object[details] else { continue }
                usage.cachedInputTokens = try Reading(inner).first(["cached_tokens"])
            }
            try addBeside(&usage)
            usage.cost = try cost()
            if let input = usage.inputTokens, let cached = usage.cachedInputTokens, cached > input {
                throw Problem(cause: "the usage counts more cached than input tokens")
            }
            if usage == Usage() {
                let names = object.keys.prefix(6).map { shortened($0, limit: 30) }.joined(separator: ", ")
                throw Problem(
                    cause: "the usage names no tokens and no cost that are known (members: \(names))")
            }
            return usage
        }

        /// Tokens that an API counts beside its input and output tokens.
        private func addBeside(_ usage: inout Usage) throws(Problem) {
            let read = try first(["cache_read_input_tokens", "cacheReadInputTokens"])
            let written = try first(["cache_creation_input_tokens", "cacheWriteInputTokens"])
            if let read {
                usage.cachedInputTokens = read
                if let input = usage.inputTokens { usage.inputTokens = try sum(input, read) }
            }
            if let written, let input = usage.inputTokens { usage.inputTokens = try sum(input, written) }
            let tools = try first(["toolUsePromptTokenCount", "total_tool_use_tokens"])
            if let tools, let input = usage.inputTokens { usage.inputTokens = try sum(input, tools) }
            let thoughts = try first(["thoughtsTokenCount", "total_thought_tokens"])
            if let thoughts { usage.outputTokens = try sum(usage.outputTokens ?? 0, thoughts) }
        }

        private func cost() throws(Problem) -> Double? {
            for name in ["cost", "total_cost", "cost_usd", "total_cost_usd"] {
                guard let value = object[name], !value.isNull else { continue }
                guard
                    let cost = value.doubleValue ?? value["total"]?.doubleValue
                        ?? value["amount"]?.doubleValue
                else {
                    throw Problem(cause: "'\(name)' is \(withArticle(value.typeName)), not a number")
                }
                guard cost >= 0 else { throw Problem(cause: "'\(name)' is negative") }
                return cost
            }
            return nil
        }

        /// The first of the members that is there; null is not there.
        func first(_ names: [String]) throws(Problem) -> Int? {
            for name in names {
                guard let value = object[name], !value.isNull else { continue }
                guard let count = value.intValue, count >= 0 else {
                    let what =
                        value.doubleValue == nil ? withArticle(value.typeName) : "no whole number from 0"
                    throw Problem(cause: "'\(name)' is \(what)")
                }
                return count
            }
            return nil
        }

        private func sum(_ left: Int, _ right: Int) throws(Problem) -> Int {
            let (sum, overflow) = left.addingReportingOverflow(right)
            if overflow { throw Problem(cause: "the usage counts more tokens than there can be") }
            return sum
        }
    }
}
