//! Parquet tables, wide and long, with every kind of date: the same answer as the same table in CSV.

#![cfg(feature = "parquet")]

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::Value;
use sharpest_engine::{Missing, Reading, Settings, Source, Terms, read, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const KO: [f64; 6] = [10.0, 10.1, 10.3, 10.2, 10.5, 10.4];
const PEP: [f64; 6] = [20.0, 20.4, 20.1, 20.6, 20.9, 21.3];
const JNJ: [f64; 6] = [30.0, 29.8, 30.3, 30.5, 30.1, 30.6];
/// 2024-08-01 as days since 1970, and the five that follow.
const DAYS: [i32; 6] = [19_936, 19_937, 19_938, 19_939, 19_940, 19_941];

/// One column of a file.
enum Column {
    Days(Vec<i32>),
    Ticks(Vec<i64>),
    Text(Vec<String>),
    Numbers(Vec<Option<f64>>),
}

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sharpest-{test}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn numbers(values: &[f64]) -> Column {
    Column::Numbers(values.iter().copied().map(Some).collect())
}

/// Writes `columns` under `schema`, the text form of a Parquet schema.
fn write(path: &Path, schema: &str, compression: Compression, columns: &[Column]) {
    let schema = Arc::new(parse_message_type(&format!("message table {{ {schema} }}")).unwrap());
    let properties = WriterProperties::builder().set_compression(compression).build();
    let file = fs::File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for column in columns {
        let mut writer = group.next_column().unwrap().unwrap();
        match column {
            Column::Days(values) => batch::<Int32Type>(&mut writer, values, None),
            Column::Ticks(values) => batch::<Int64Type>(&mut writer, values, None),
            Column::Text(values) => {
                let values: Vec<ByteArray> =
                    values.iter().map(|text| text.as_str().into()).collect();
                batch::<ByteArrayType>(&mut writer, &values, None);
            }
            Column::Numbers(values) => {
                let present: Vec<f64> = values.iter().flatten().copied().collect();
                let levels: Vec<i16> = values.iter().map(|value| value.is_some().into()).collect();
                batch::<DoubleType>(&mut writer, &present, Some(&levels));
            }
        }
        writer.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
}

fn batch<T: DataType>(
    writer: &mut parquet::file::writer::SerializedColumnWriter<'_>,
    values: &[T::T],
    levels: Option<&[i16]>,
) {
    writer.typed::<T>().write_batch(values, levels, None).unwrap();
}

/// Searches a file; what does not depend on its name.
fn answer(path: &Path, missing: Missing) -> Value {
    let terms = Terms {
        missing,
        from: "2024-08-01".parse().ok(),
        to: "2024-08-06".parse().ok(),
        ..Terms::default()
    };
    let settings = Settings { terms, draws: 50, ..Settings::new(2) };
    let data = read(&Source::File(path.to_owned()), &Reading::from(&settings.terms)).unwrap();
    let report = serde_json::to_value(run(&data, &settings, &(), None).unwrap()).unwrap();
    ["best", "period", "universe"]
        .iter()
        .map(|&key| (key.to_owned(), report[key].clone()))
        .collect()
}

/// The answer to the same table in CSV.
fn reference(folder: &Folder, gap: bool) -> Value {
    let path = folder.0.join("prices.csv");
    let row = |i: usize| {
        let pep = if gap && i == 2 { String::new() } else { PEP[i].to_string() };
        format!("2024-08-0{},{},{pep},{}\n", i + 1, KO[i], JNJ[i])
    };
    fs::write(&path, (0..6).map(row).fold("Date,KO,PEP,JNJ\n".to_owned(), |all, row| all + &row))
        .unwrap();
    answer(&path, Missing::DropDays)
}

#[test]
fn wide_with_dates_and_gaps() {
    let folder = Folder::new("wide");
    let path = folder.0.join("prices.parquet");
    let mut pep: Vec<Option<f64>> = PEP.iter().copied().map(Some).collect();
    pep[2] = None;
    // pandas writes its index last; dates are known by their type, whatever the column is called.
    let schema =
        "optional double KO; optional double PEP; optional double JNJ; required int32 day (DATE);";
    let columns = [numbers(&KO), Column::Numbers(pep), numbers(&JNJ), Column::Days(DAYS.to_vec())];
    for compression in
        [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(Default::default())]
    {
        write(&path, schema, compression, &columns);
        assert_eq!(answer(&path, Missing::DropDays), reference(&folder, true), "{compression}");
    }
}

#[test]
fn long_with_every_kind_of_timestamp() {
    let folder = Folder::new("long");
    let path = folder.0.join("prices.parquet");
    let assets = || ["KO", "PEP", "JNJ"].into_iter();
    let text = Column::Text(assets().flat_map(|name| vec![name.to_owned(); 6]).collect());
    let prices = numbers(&[KO, PEP, JNJ].concat());
    for (unit, a_second) in [("MILLIS", 1_000), ("MICROS", 1_000_000), ("NANOS", 1_000_000_000)] {
        for utc in [true, false] {
            let ticks = |&day: &i32| i64::from(day) * 86_400 * a_second + 3_600 * a_second;
            let ticks: Vec<i64> = DAYS.iter().map(ticks).collect();
            let ticks = Column::Ticks(assets().flat_map(|_| ticks.clone()).collect());
            let schema = format!(
                "required int64 date (TIMESTAMP({unit},{utc})); required byte_array ticker (UTF8); optional double close;"
            );
            let Column::Text(names) = &text else { unreachable!() };
            let columns = [ticks, Column::Text(names.clone()), numbers(&[KO, PEP, JNJ].concat())];
            write(&path, &schema, Compression::SNAPPY, &columns);
            assert_eq!(answer(&path, Missing::Refuse), reference(&folder, false), "{unit} {utc}");
        }
    }
    // Dates as text, and columns of kinds that no table needs.
    let dates = (1..7).map(|day| format!("2024-08-0{day}"));
    let dates: Vec<String> = assets().flat_map(|_| dates.clone()).collect();
    let schema = "required byte_array symbol (UTF8); required byte_array date (UTF8); required int64 at (TIME(MICROS,true)); optional double price;";
    write(
        &path,
        schema,
        Compression::SNAPPY,
        &[text, Column::Text(dates), Column::Ticks(vec![0; 18]), prices],
    );
    assert_eq!(answer(&path, Missing::Refuse), reference(&folder, false));
}

#[test]
fn what_is_no_parquet_or_has_no_numbers_is_refused() {
    let folder = Folder::new("broken");
    let path = folder.0.join("prices.parquet");
    fs::write(&path, "PAR1 and then nothing that ends in PAR1?").unwrap();
    let refused = read(&Source::File(path.clone()), &Reading::default()).unwrap_err();
    assert!(
        refused.to_string().starts_with(&format!("cannot read {}: ", path.display())),
        "{refused}"
    );
    write(
        &path,
        "required int64 at (TIME(MICROS,true));",
        Compression::UNCOMPRESSED,
        &[Column::Ticks(vec![1])],
    );
    let refused = read(&Source::File(path.clone()), &Reading::default()).unwrap_err();
    assert_eq!(refused.to_string(), format!("{} has no column of numbers", path.display()));
}
