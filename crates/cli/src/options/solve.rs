//! What `solve` uses.

use super::{BUNDLED, Options, Outputs, refuse, set, terms};
use crate::error::Error;
use crate::flags::SolveFlags;
use sharpest_engine::{SolveSettings, Source};

impl Options<SolveSettings> {
    /// Settles what was typed.
    ///
    /// # Errors
    /// Flags that contradict each other.
    pub(crate) fn new(flags: &SolveFlags) -> Result<Self, Error> {
        let (source, terms) = terms(&flags.prices, &flags.question, &flags.data)?;
        let bundled = source == Source::Bundled && flags.at_most.is_none();
        let mut settings = SolveSettings {
            pick: flags.pick.or(bundled.then_some(BUNDLED.0)),
            at_most: flags.at_most,
            terms,
            time_limit: flags.time_limit,
            trials: flags.output.trials,
            luck_draws: flags.luck.luck_draws,
            ..SolveSettings::default()
        };
        set(&mut settings.luck_block, flags.luck.luck_block);
        set(&mut settings.luck_seed, flags.luck.luck_seed);
        set(&mut settings.jobs, flags.work.jobs);
        set(&mut settings.top, flags.output.top);
        settings.check()?;
        if flags.ranking.is_some() && settings.pick.is_none() {
            return refuse(sharpest_engine::Error::RankingWithoutPick.to_string());
        }
        let lines = ("--ranking", flags.ranking.as_deref());
        let outputs = Outputs::new(&flags.output, lines, &source)?;
        Ok(Self { source, settings, outputs })
    }
}
