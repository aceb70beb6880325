//! Parquet files, through the plain record reader: the arrow half of that crate would take minutes to build. Columns
//! that hold neither numbers, dates nor text are passed over.

use super::cell::Raw;
use super::date::date_of_day;
use super::rows::{Each, Origin, Rows};
use crate::Error;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::record::Field;
use parquet::schema::types::{Type, TypePtr};
use std::fs::File;

const SECONDS_A_DAY: i64 = 86_400;

/// A Parquet file that is being read.
pub(super) struct Parquet {
    origin: Origin,
    header: Vec<String>,
    reader: SerializedFileReader<File>,
    /// The columns that are read, and what their integers count.
    columns: Vec<(TypePtr, Integers)>,
}

/// What the integers of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Integers {
    Numbers,
    /// Days since 1970-01-01.
    Days,
    /// So many to a second, since 1970-01-01.
    Ticks(i64),
}

impl Parquet {
    /// Reads the schema.
    ///
    /// # Errors
    /// A file that is damaged.
    pub(super) fn open(file: &str, bytes: File) -> Result<Self, Error> {
        let origin = Origin { file: file.to_owned(), unit: "row" };
        let reader = SerializedFileReader::new(bytes).map_err(|error| refuse(&origin, &error))?;
        let schema = reader.metadata().file_metadata().schema();
        let column = |column: &TypePtr| Some((column.clone(), integers(column)?));
        let columns: Vec<_> = schema.get_fields().iter().filter_map(column).collect();
        if columns.is_empty() {
            return Err(Error::NoAssets { file: origin.file });
        }
        let header = columns.iter().map(|(column, _)| column.name().trim().to_owned()).collect();
        Ok(Self { origin, header, reader, columns })
    }
}

impl Rows for Parquet {
    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn header(&self) -> &[String] {
        &self.header
    }

    fn visit(&mut self, each: &mut Each<'_>) -> Result<(), Error> {
        let refuse = |error: ParquetError| refuse(&self.origin, &error);
        let fields = self.columns.iter().map(|(column, _)| column.clone()).collect();
        let name = self.reader.metadata().file_metadata().schema().name();
        let projection = Type::group_type_builder(name).with_fields(fields).build();
        let rows = projection.and_then(|projection| self.reader.get_row_iter(Some(projection)));
        for (row, number) in rows.map_err(refuse)?.zip(1..) {
            let row = row.map_err(refuse)?;
            let fields = row.get_column_iter().zip(&self.columns);
            let cells: Vec<Raw<'_>> =
                fields.map(|((_, field), (_, integers))| raw(field, *integers)).collect();
            each(number, &cells)?;
        }
        Ok(())
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
fn raw(field: &Field, integers: Integers) -> Raw<'_> {
    let whole = |value: i64| match integers {
        Integers::Numbers => Raw::Number(value as f64),
        Integers::Days => date(value),
        Integers::Ticks(a_second) => date(value.div_euclid(a_second * SECONDS_A_DAY)),
    };
    match field {
        Field::Str(text) => Raw::Text(text),
        Field::Double(value) => Raw::Number(*value),
        Field::Float(value) => Raw::Number(f64::from(*value)),
        Field::Byte(value) => whole(i64::from(*value)),
        Field::Short(value) => whole(i64::from(*value)),
        Field::Int(value) | Field::Date(value) => whole(i64::from(*value)),
        Field::Long(value) | Field::TimestampMillis(value) | Field::TimestampMicros(value) => {
            whole(*value)
        }
        _ => Raw::Empty,
    }
}

/// A day as a cell; what no calendar reaches is no date.
fn date(days: i64) -> Raw<'static> {
    date_of_day(days).map_or(Raw::Empty, Raw::Date)
}
