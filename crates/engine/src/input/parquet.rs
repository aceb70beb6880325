//! Parquet files, through the plain record reader: the arrow half of that crate would take minutes to build. Columns
//! that hold neither numbers, dates nor text are passed over.

use super::grid::{Grid, Nature, Origin};
use super::memory::{Column, DAY, NO_TIME};
use crate::Error;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::record::Field;
use parquet::schema::types::{Type, TypePtr};
use std::fs::File;

const MICROSECONDS: i64 = 1_000_000;

/// What the integers of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Integers {
    Numbers,
    /// Days since 1970-01-01.
    Days,
    /// So many to a second, since 1970-01-01.
    Ticks(i64),
}

/// Reads all of a file, as columns.
///
/// # Errors
/// A file that is damaged, or holds no column that could be read.
pub(super) fn read(file: &str, bytes: File) -> Result<Grid, Error> {
    let origin = Origin { file: file.to_owned(), unit: "row" };
    let broken = |error: ParquetError| refuse(&origin, &error);
    let reader = SerializedFileReader::new(bytes).map_err(broken)?;
    let schema = reader.metadata().file_metadata().schema();
    let column = |column: &TypePtr| Some((column.clone(), integers(column)?));
    let types: Vec<_> = schema.get_fields().iter().filter_map(column).collect();
    if types.is_empty() {
        return Err(Error::NoAssets { file: origin.file });
    }
    let fields = types.iter().map(|(column, _)| column.clone()).collect();
    let projection = Type::group_type_builder(schema.name()).with_fields(fields).build();
    let rows = projection.and_then(|projection| reader.get_row_iter(Some(projection)));
    let mut columns: Vec<Gathered> = types.iter().map(|_| Gathered::default()).collect();
    for row in rows.map_err(broken)? {
        let row = row.map_err(broken)?;
        let cells = row.get_column_iter().zip(&types).zip(&mut columns);
        cells.for_each(|(((_, field), (_, integers)), column)| column.push(field, *integers));
    }
    let header = types.iter().map(|(column, _)| column.name().to_owned()).collect();
    let columns = columns.into_iter().map(Gathered::column).collect();
    Ok(Grid::of_columns(origin, header, columns, Nature::default()))
}

/// The cells of a column so far, of which one kind is used.
#[derive(Default)]
struct Gathered {
    numbers: Vec<f64>,
    times: Vec<i64>,
    texts: Vec<String>,
    kind: Option<Kind>,
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Times,
    Texts,
}

impl Gathered {
    fn push(&mut self, field: &Field, integers: Integers) {
        let (number, time, text) = match value(field, integers) {
            Value::Number(number) => (number, NO_TIME, ""),
            Value::Time(time) => {
                self.kind = Some(Kind::Times);
                (f64::NAN, time, "")
            }
            Value::Text(text) => {
                self.kind = Some(Kind::Texts);
                (f64::NAN, NO_TIME, text)
            }
            Value::Nothing => (f64::NAN, NO_TIME, ""),
        };
        self.numbers.push(number);
        self.times.push(time);
        self.texts.push(text.to_owned());
    }

    fn column(self) -> Column {
        match self.kind {
            None => Column::Numbers(self.numbers),
            Some(Kind::Times) => Column::Times(self.times),
            Some(Kind::Texts) => Column::Texts(self.texts),
        }
    }
}

fn refuse(origin: &Origin, error: &ParquetError) -> Error {
    let reason = error.to_string().trim().replace('\n', " ");
    Error::Parquet { file: origin.file.clone(), reason }
}

/// What the integers of a column are; none for a column that is not read. The record reader panics at types it does
/// not know, so this names those it does.
fn integers(column: &Type) -> Option<Integers> {
    let Type::PrimitiveType { basic_info, physical_type, .. } = column else {
        return None;
    };
    let converted = basic_info.converted_type();
    let ticks = match basic_info.logical_type_ref() {
        Some(LogicalType::Timestamp(time)) => match time.unit {
            TimeUnit::MILLIS => Some(1_000),
            TimeUnit::MICROS => Some(1_000_000),
            TimeUnit::NANOS => Some(1_000_000_000),
        },
        _ => None,
    };
    match (physical_type, converted) {
        (Physical::FLOAT | Physical::DOUBLE, _) => Some(Integers::Numbers),
        (Physical::BYTE_ARRAY, ConvertedType::UTF8) => Some(Integers::Numbers),
        (Physical::INT32, ConvertedType::DATE) => Some(Integers::Days),
        (Physical::INT96, _) => Some(Integers::Ticks(1_000)),
        (Physical::INT64, ConvertedType::TIMESTAMP_MILLIS) => Some(Integers::Ticks(1_000)),
        (Physical::INT64, ConvertedType::TIMESTAMP_MICROS) => Some(Integers::Ticks(1_000_000)),
        (Physical::INT64, ConvertedType::NONE) => {
            Some(ticks.map_or(Integers::Numbers, Integers::Ticks))
        }
        (Physical::INT32, ConvertedType::NONE | ConvertedType::INT_32)
        | (Physical::INT32, ConvertedType::INT_8 | ConvertedType::INT_16)
        | (Physical::INT64, ConvertedType::INT_64) => Some(Integers::Numbers),
        _ => None,
    }
}

/// A field as the tables know it.
enum Value<'a> {
    Number(f64),
    /// Microseconds since 1970-01-01.
    Time(i64),
    Text(&'a str),
    Nothing,
}

fn value(field: &Field, integers: Integers) -> Value<'_> {
    let whole = |value: i64| match integers {
        Integers::Numbers => Value::Number(value as f64),
        Integers::Days => value.checked_mul(DAY).map_or(Value::Nothing, Value::Time),
        Integers::Ticks(a_second) if a_second > MICROSECONDS => {
            Value::Time(value.div_euclid(a_second / MICROSECONDS))
        }
        Integers::Ticks(a_second) => {
            value.checked_mul(MICROSECONDS / a_second).map_or(Value::Nothing, Value::Time)
        }
    };
    match field {
        Field::Str(text) => Value::Text(text),
        Field::Double(value) => Value::Number(*value),
        Field::Float(value) => Value::Number(f64::from(*value)),
        Field::Byte(value) => whole(i64::from(*value)),
        Field::Short(value) => whole(i64::from(*value)),
        Field::Int(value) | Field::Date(value) => whole(i64::from(*value)),
        Field::Long(value) | Field::TimestampMillis(value) | Field::TimestampMicros(value) => {
            whole(*value)
        }
        _ => Value::Nothing,
    }
}
