extension MetricCatalogue {
    /// Metrics of one kind, as they are listed.
    public struct Group: Sendable {
        public let title: String
        public let families: [MetricFamily]
    }

    static let all: [MetricFamily] = groups.flatMap(\.families)

    /// One line a family; those of a group are sorted by name where they are listed.
    public static let groups: [Group] = [
        Group(
            title: "Classification and calibration",
            families: [
                BrierScore.family,
                ExpectedCalibrationError.family,
                FalsePositiveRate.family,
                IntentAccuracy.family,
                IntentBrier.family,
                IntentCalibration.family,
                IntentF1.family,
                IntentF1Micro.family,
                IntentF1Weighted.family,
                IntentPrecision.family,
                IntentRecall.family,
                MissRate.family,
                OutOfScopeRecall.family,
            ]),
        Group(
            title: "Texts, by words and characters",
            families: [
                CorpusBLEU.family,
                CorpusChrF.family,
                CorpusChrFPlus.family,
                CorpusTER.family,
                ExactMatch.family,
                Jaccard.family,
                Length.family,
                LengthTokens.family,
                Levenshtein.family,
                LevenshteinSimilarity.family,
                Rouge1.family,
                Rouge2.family,
                RougeL.family,
                RougeLsum.family,
                SentenceBLEU.family,
                SentenceChrF.family,
                SentenceTER.family,
                TokenF1.family,
            ]),
        Group(
            title: "Texts, by meaning",
            families: [
                AnswerRelevance.family,
                AnswerSimilarity.family,
                BERTScore.f1,
                BERTScore.precision,
                BERTScore.recall,
                CosineSimilarity.family,
            ]),
        Group(
            title: "Grounding and citations",
            families: [
                ChunkRelevance.family,
                CitationAccuracy.family,
                CitationCoverage.family,
                ContextPrecision.family,
                ContextRecall.family,
                ContextRelevance.family,
                ContextRelevanceMean.family,
                Groundedness.family,
            ]),
        Group(
            title: "Checks of the answer",
            families: [
                ContainsAll.family,
                ContainsAllFolded.family,
                ContainsAny.family,
                ContainsAnyFolded.family,
                ContainsFolded.family,
                ContainsText.family,
                EqualsText.family,
                MatchesPattern.family,
                StartsWith.family,
            ]),
        Group(
            title: "Tools and trajectories",
            families: [
                StepCount.family,
                ToolCallAccuracy.family,
                ToolCallF1.family,
                ToolNames.family,
                Trajectory.family,
            ]),
        Group(
            title: "Safety and language",
            families: [
                LanguageMatch.family,
                PersonalData.family,
                Refusal.family,
                Secrets.family,
            ]),
        Group(
            title: "Retrieval",
            families: [
                AveragePrecision.family,
                HitAtK.family,
                NDCGAtK.family,
                PrecisionAtK.family,
                RPrecision.family,
                RecallAtK.family,
                ReciprocalRank.family,
                ScoreFindAtK.family,
                ScoreHitAtK.family,
            ]),
        Group(
            title: "Retrieval: the rest of trec_eval",
            families: [
                AveragePrecisionAtK.family,
                BinaryGain.family,
                BinaryPreference.family,
                ElevenPointAverage.family,
                FullGain.family,
                GainAtRelevant.family,
                GainAtSteps.family,
                GeometricMAP.family,
                GeometricPreference.family,
                InferredPrecision.family,
                InterpolatedPrecision.family,
                RPrecisionMultiple.family,
                RankBiasedPrecision.family,
                RelativeGain.family,
                RelativePrecisionAtK.family,
                RelevantCount.family,
                RelevantRetrievedCount.family,
                RetrievalUtility.family,
                RetrievedCount.family,
                SetAveragePrecision.family,
                SetF.family,
                SetPrecision.family,
                SetRecall.family,
                SetRelativePrecision.family,
                UnjudgedAtK.family,
            ]),
        Group(
            title: "Form and contract",
            families: [
                AppScore.family,
                BandConsistency.family,
                ContainsJSON.family,
                IsJSON.family,
                MatchesSchema.family,
                ParsesAsHTML.family,
                ParsesAsJSON.family,
                ParsesAsSQL.family,
                ParsesAsXML.family,
                ProhibitedElements.family,
                RequiredElements.family,
                ScoreError.family,
                ScoreInBand.family,
            ]),
        Group(
            title: "Guardrails",
            families: [
                GuardrailBlock.family,
                GuardrailPass.family,
                OverBlocked.family,
                UnderBlocked.family,
            ]),
        Group(
            title: "Your own",
            families: [
                Composite.family,
                Custom.family,
            ]),
        Group(
            title: "By a judge",
            families: [
                Completeness.form.family,
                ContextPrecisionJudged.form.family,
                ContextRecallJudged.form.family,
                CorrectnessJudged.form.family,
                Faithfulness.form.family,
                KnowledgeRetention.form.family,
                Preference.form.family,
                RefusalJudged.form.family,
                RelevanceJudged.form.family,
                RoleAdherence.form.family,
                RubricScore.form.family,
                TaskSuccess.form.family,
                ToneJudged.form.family,
                Toxicity.form.family,
            ]),
        Group(
            title: "Measured elsewhere",
            families: [
                ExternalScore.family
            ]),
        Group(
            title: "Operations",
            families: [
                Cost.family,
                CostPerSuccess.family,
                ErrorRate.family,
                InputTokens.family,
                Latency.family,
                NamedNumber.family,
                ObservedVersion.family,
                OutputTokens.family,
                Perplexity.family,
                RetryRate.family,
                StageLatency.family,
                ThrottleRate.family,
                TimeToFirstToken.family,
                Tokens.family,
            ]),
    ]
}
